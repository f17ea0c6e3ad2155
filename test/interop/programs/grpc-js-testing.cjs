"use strict";
// The service of testing.proto, for @grpc/grpc-js.
const path = require("node:path");
const { peer } = require("./peer.cjs");

exports.grpc = peer("@grpc/grpc-js");

const definition = peer("@grpc/proto-loader").loadSync(path.join(__dirname, "../testing.proto"), { defaults: true });

/** The package `grpc.testing`: clients' classes, with their service's definition in `service`. */
exports.testing = exports.grpc.loadPackageDefinition(definition).grpc.testing;

/** Header fields that servers send back. */
exports.ECHO = { initial: "x-grpc-test-echo-initial", trailing: "x-grpc-test-echo-trailing-bin" };
