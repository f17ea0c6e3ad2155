import type { StartServer } from "../peer.js";
import { grpcJs } from "./grpc-js.js";

/** gRPC as grpc-js serves it. */
export const start: StartServer = () =>
  new Promise((resolve, reject) => {
    const { grpc, method } = grpcJs();
    const server = new grpc.Server();
    const echo = (call: { readonly request: unknown }, answer: (error: unknown, value: unknown) => void): void =>
      answer(null, call.request);
    server.addService({ Echo: method }, { Echo: echo });
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
      if (error !== null) reject(error);
      else resolve(`tcp://127.0.0.1:${port}`);
    });
  });
