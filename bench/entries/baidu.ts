import type { Entry } from "../entry.js";

/** The wire `baidu` against a loop on `net` written by hand for this one purpose, and against gRPC with the same service and messages. */
export const baidu: Entry = {
  name: "baidu",
  title: "protobuf over TCP (`baidu`)",
  about: "unary echo of a 20-byte string in a protobuf message, baidu_std over TCP.",
  cells: [
    { connections: 16, inflight: 64 },
    { connections: 1, inflight: 64 },
  ],
  comparisons: [
    {
      name: "servers",
      about: "each server under the same client, a pipelined one written by hand.",
      judged: "server",
      competitors: [
        { name: "bare", server: "bare/baidu-server", client: "loads/baidu" },
        { name: "callwire", server: "callwire/grpc-server", client: "loads/baidu" },
      ],
    },
    {
      name: "wires",
      about: "callwire's server and client, by gRPC and by baidu_std.",
      judged: "server",
      competitors: [
        { name: "grpc", server: "callwire/grpc-server", client: "callwire/grpc-client" },
        { name: "callwire", server: "callwire/grpc-server", client: "callwire/baidu-client" },
      ],
    },
  ],
};
