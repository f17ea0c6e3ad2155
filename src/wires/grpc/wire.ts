import type { Protocol } from "../wire.js";
import { grpcClient } from "./client.js";
import { grpcOffer } from "./offer.js";
import { grpcServer } from "./server.js";

/** gRPC over HTTP/2 (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md). README.md beside this file says what it carries. */
export const grpc: Protocol = {
  name: "grpc",
  http: {
    ...grpcOffer,
    server: grpcServer,
    client: grpcClient,
  },
};
