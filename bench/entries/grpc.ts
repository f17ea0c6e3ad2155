import type { Entry } from "../entry.js";

/** gRPC with protobuf messages, against grpc-js with the same protobuf library. */
export const grpc: Entry = {
  name: "grpc",
  about: "unary echo of a 20-byte string in a protobuf message, gRPC over HTTP/2 without TLS.",
  cells: [
    { connections: 1, inflight: 64 },
    { connections: 16, inflight: 64 },
  ],
  comparisons: [
    {
      name: "servers",
      about: "each server under the same client, callwire's.",
      judged: "server",
      competitors: [
        { name: "grpc-js", server: "rivals/grpc-js-server", client: "callwire/grpc-client" },
        { name: "callwire", server: "callwire/grpc-server", client: "callwire/grpc-client" },
      ],
    },
    {
      name: "clients",
      about: "each client against the same server, callwire's.",
      judged: "client",
      competitors: [
        { name: "grpc-js", server: "callwire/grpc-server", client: "rivals/grpc-js-client" },
        { name: "callwire", server: "callwire/grpc-server", client: "callwire/grpc-client" },
      ],
    },
  ],
};
