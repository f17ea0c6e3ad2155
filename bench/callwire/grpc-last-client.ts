import type { OpenClient } from "../peer.js";
import { MESSAGES_A_STREAM } from "../streams.js";
import { streamsClient } from "./grpc-streams-client.js";

/** A call is a stream of the client's, of which the server gives back the last message. */
export const open: OpenClient = async (address) => {
  const client = streamsClient(address);
  return { echo: async (text) => (await client.last(repeated(text))).text };
};

function* repeated(text: string): Iterable<{ text: string }> {
  for (let i = 0; i < MESSAGES_A_STREAM; i += 1) yield { text };
}
