import type { OpenClient } from "../peer.js";
import { LARGE_LIMIT, LARGE_MIB } from "../streams.js";
import { grpcJsClient } from "./grpc-js.js";
import { grpcMethods, messageMaker } from "./grpc-methods.js";

/** A call is one large message, there and back. */
export const open: OpenClient = async (address) => {
  const client = grpcJsClient(address, {
    "grpc.max_receive_message_length": LARGE_LIMIT,
    "grpc.max_send_message_length": LARGE_LIMIT,
  });
  const { path, requestSerialize: write, responseDeserialize: read } = grpcMethods().Copy;
  const make = messageMaker("Copy");
  const data = new Uint8Array(LARGE_MIB * 1024 * 1024).fill(7);
  return {
    echo: (payload) =>
      new Promise((resolve, reject) => {
        client.makeUnaryRequest(path, write, read, make({ data }), (error, value) => {
          if (error !== null) {
            reject(error);
            return;
          }
          const { length } = (value as { readonly data: Uint8Array }).data; // a message of that type
          resolve(length === data.length ? payload : `${length} bytes`);
        });
      }),
  };
};
