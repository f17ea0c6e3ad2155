import { h2loadGrpc } from "../loads/h2load-echo.js";
import { buildGrpcCpp } from "../rivals/grpc-cpp/build.js";
import type { Entry } from "../entry.js";

const ours = "callwire/grpc-server";
const client = h2loadGrpc();

/** Unary gRPC with protobuf messages, against its other makes; those in JavaScript with the same protobuf library. */
export const grpc: Entry = {
  name: "grpc",
  title: "gRPC",
  about: "unary echo of a string of 20 B or 1 KiB in a protobuf message, gRPC over HTTP/2 without TLS.",
  warmup: 5, // connect-node takes so long to become as fast as it gets
  cells: [
    { connections: 16, inflight: 64 },
    { connections: 1, inflight: 64 },
    { connections: 16, inflight: 1024 },
    { connections: 16, inflight: 64, bytes: 1024 },
  ],
  comparisons: [
    {
      name: "servers",
      about: "each server under h2load. By hand is node:http2, which gives back bytes that it has not read.",
      judged: "server",
      competitors: [
        { name: "callwire", server: ours, client },
        { name: "grpc-js", server: "rivals/grpc-js-server", client },
        { name: "connect-node", server: "rivals/connect-node-server", client },
        { name: "nice-grpc", server: "rivals/nice-grpc-server", client },
        { name: "by hand", server: "bare/grpc-server", client },
        { name: "gRPC C++", server: "rivals/grpc-cpp/server", client, prepare: buildGrpcCpp },
      ],
    },
    {
      name: "clients",
      about: "each client against the same server, callwire's. By hand is node:http2.",
      judged: "client",
      cells: [
        { connections: 1, inflight: 64 },
        { connections: 16, inflight: 64 },
      ],
      competitors: [
        { name: "callwire", server: ours, client: "callwire/grpc-client" },
        { name: "grpc-js", server: ours, client: "rivals/grpc-js-client" },
        { name: "connect-node", server: ours, client: "rivals/connect-node-grpc-client" },
        { name: "nice-grpc", server: ours, client: "rivals/nice-grpc-client" },
        { name: "by hand", server: ours, client: "bare/grpc-client" },
      ],
    },
  ],
};
