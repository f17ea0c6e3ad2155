import type { OpenClient } from "../peer.js";
import { MESSAGES_A_STREAM } from "../streams.js";
import { grpcJsClient } from "./grpc-js.js";
import { grpcMethods, messageMaker } from "./grpc-methods.js";

/** A call is a stream of the server's, read to its end by events, which costs grpc-js less than a loop. */
export const open: OpenClient = async (address) => {
  const client = grpcJsClient(address);
  const { path, requestSerialize: write, responseDeserialize: read } = grpcMethods().Repeat;
  const make = messageMaker("Repeat");
  return {
    echo: (text) =>
      new Promise((resolve, reject) => {
        let count = 0;
        let last: string | undefined;
        const stream = client.makeServerStreamRequest(path, write, read, make({ text }));
        stream.on("data", (message) => {
          count += 1;
          last = (message as { readonly text: string }).text; // a message of that type
        });
        stream.on("end", () => resolve(count === MESSAGES_A_STREAM ? last : `${count} messages`));
        stream.on("error", reject);
      }),
  };
};
