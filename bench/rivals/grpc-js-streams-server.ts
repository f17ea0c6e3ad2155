import type { StartServer } from "../peer.js";
import { LARGE_LIMIT, MESSAGES_A_STREAM } from "../streams.js";
import { type GrpcJsReadable, grpcJsServer, type GrpcJsWritable } from "./grpc-js.js";
import { grpcMethods } from "./grpc-methods.js";

type Answer = (error: unknown, value: unknown) => void;

/** Streams and large messages as grpc-js serves them, by events, which costs it least; a full stream is waited for. */
export const start: StartServer = () => {
  const { Repeat, Last, Copy } = grpcMethods();
  const methods = {
    Repeat: (call: GrpcJsWritable) => repeat(call, 0),
    Last: (call: GrpcJsReadable, answer: Answer) => {
      let last: unknown;
      call.on("data", (message) => (last = message));
      call.on("end", () => answer(null, last));
    },
    Copy: (call: { readonly request: unknown }, answer: Answer) => answer(null, call.request),
  };
  return grpcJsServer({ Repeat, Last, Copy }, methods, {
    "grpc.max_receive_message_length": LARGE_LIMIT,
    "grpc.max_send_message_length": LARGE_LIMIT,
  });
};

function repeat(call: GrpcJsWritable, sent: number): void {
  for (let i = sent + 1; i <= MESSAGES_A_STREAM; i += 1) {
    if (!call.write(call.request) && i < MESSAGES_A_STREAM) {
      call.once("drain", () => repeat(call, i));
      return;
    }
  }
  call.end();
}
