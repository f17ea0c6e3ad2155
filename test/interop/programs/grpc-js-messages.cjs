"use strict";
// The messages of echo.v1, for @grpc/grpc-js: what @grpc/proto-loader makes of the quickstart's echo.proto.
const path = require("node:path");
const { peer } = require("./peer.cjs");

exports.grpc = peer("@grpc/grpc-js");

const file = path.join(__dirname, "../../../examples/quickstart/echo.proto");
/** What the file declares. */
const definition = peer("@grpc/proto-loader").loadSync(file, { longs: Number, defaults: true });

exports.definition = definition;

/** The client's class, with its service's definition in `service`. */
exports.EchoService = exports.grpc.loadPackageDefinition(definition).echo.v1.EchoService;
