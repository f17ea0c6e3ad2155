import type { OpenClient } from "../peer.js";
import { LARGE_MIB } from "../streams.js";
import { streamsClient } from "./grpc-streams-client.js";

/** A call is one large message, there and back. */
export const open: OpenClient = async (address) => {
  const client = streamsClient(address);
  const data = new Uint8Array(LARGE_MIB * 1024 * 1024).fill(7);
  return {
    echo: async (payload) => {
      const { length } = (await client.copy({ data })).data;
      return length === data.length ? payload : `${length} bytes`;
    },
  };
};
