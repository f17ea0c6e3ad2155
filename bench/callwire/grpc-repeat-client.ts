import type { OpenClient } from "../peer.js";
import { MESSAGES_A_STREAM } from "../streams.js";
import { streamsClient } from "./grpc-streams-client.js";

/** A call is a stream of the server's, read to its end. */
export const open: OpenClient = async (address) => {
  const client = streamsClient(address);
  return {
    echo: async (text) => {
      let count = 0;
      let last: string | undefined;
      for await (const message of client.repeat({ text })) {
        count += 1;
        last = message.text;
      }
      return count === MESSAGES_A_STREAM ? last : `${count} messages`;
    },
  };
};
