import type { StartServer } from "../peer.js";
import { grpcJsServer } from "./grpc-js.js";
import { grpcMethods } from "./grpc-methods.js";

/** gRPC as grpc-js serves it. */
export const start: StartServer = (port) =>
  grpcJsServer(
    { Echo: grpcMethods().Echo },
    {
      Echo: (call: { readonly request: unknown }, answer: (error: unknown, value: unknown) => void) =>
        answer(null, call.request),
    },
    { port },
  );
