import { implement, serve } from "callwire";
import type { StartServer } from "../peer.js";
import { LARGE_LIMIT, MESSAGES_A_STREAM } from "../streams.js";
import { echoProto } from "./echo-proto.js";

/** Streams and large messages, served with nothing but defaults and a higher limit. */
export const start: StartServer = async () => {
  const echo = implement(echoProto("Streams"), {
    *repeat(message: unknown) {
      for (let i = 0; i < MESSAGES_A_STREAM; i += 1) yield message;
    },
    async last(messages: AsyncIterable<unknown>) {
      let last: unknown;
      for await (const message of messages) last = message;
      return last;
    },
    copy: (message: unknown) => message,
  });
  const server = await serve([echo], { listen: ["tcp://127.0.0.1:0"], maxMessageBytes: LARGE_LIMIT });
  const address = server.addresses[0];
  if (address === undefined) throw new Error("The server gave no address.");
  return address;
};
