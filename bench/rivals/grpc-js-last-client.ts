import type { OpenClient } from "../peer.js";
import { MESSAGES_A_STREAM } from "../streams.js";
import { grpcJsClient, type GrpcJsWritable } from "./grpc-js.js";
import { grpcMethods, messageMaker } from "./grpc-methods.js";

/** A call is a stream of the client's, of which the server gives back the last message; a full stream is waited for. */
export const open: OpenClient = async (address) => {
  const client = grpcJsClient(address);
  const { path, requestSerialize: write, responseDeserialize: read } = grpcMethods().Last;
  const make = messageMaker("Last");
  return {
    echo: (text) =>
      new Promise((resolve, reject) => {
        const stream = client.makeClientStreamRequest(path, write, read, (error, value) => {
          if (error === null) resolve((value as { readonly text: string }).text); // a message of that type
          else reject(error);
        });
        send(stream, { sent: 0, next: () => make({ text }) });
      }),
  };
};

function send(stream: GrpcJsWritable, { sent, next }: { sent: number; next: () => unknown }): void {
  for (let i = sent + 1; i <= MESSAGES_A_STREAM; i += 1) {
    if (!stream.write(next()) && i < MESSAGES_A_STREAM) {
      stream.once("drain", () => send(stream, { sent: i, next }));
      return;
    }
  }
  stream.end();
}
