import type { OpenClient } from "../peer.js";
import { grpcJsClient } from "./grpc-js.js";
import { grpcMethods, messageMaker } from "./grpc-methods.js";

/** A client of grpc-js with one connection, as promises. */
export const open: OpenClient = async (address) => {
  const client = grpcJsClient(address);
  const { path, requestSerialize: write, responseDeserialize: read } = grpcMethods().Echo;
  const make = messageMaker("Echo");
  return {
    echo: (text) =>
      new Promise((resolve, reject) => {
        client.makeUnaryRequest(path, write, read, make({ text }), (error, value) => {
          if (error === null) resolve((value as { readonly text: string }).text); // a message of that type
          else reject(error);
        });
      }),
  };
};
