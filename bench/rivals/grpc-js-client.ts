import type { OpenClient } from "../peer.js";
import { grpcJs } from "./grpc-js.js";

/** A client of grpc-js: one connection. */
export const open: OpenClient = async (address) => {
  const { grpc, method, make } = grpcJs();
  const client = new grpc.Client(address.replace("tcp://", ""), grpc.credentials.createInsecure());
  return {
    echo: (text) =>
      new Promise((resolve, reject) => {
        const answered = (error: unknown, value?: unknown): void => {
          if (error !== null) reject(error);
          else resolve((value as { readonly text: string }).text); // a message of that type
        };
        client.makeUnaryRequest(method.path, method.requestSerialize, method.responseDeserialize, make(text), answered);
      }),
  };
};
