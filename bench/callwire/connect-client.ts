import { connect } from "callwire/client";
import type { OpenClient } from "../peer.js";
import { echoProto } from "./echo-proto.js";

/** Clients of Connect, with nothing but defaults and what is asked for here. */
export function connectClient(wire: "connect" | "connect+http2", useBinaryFormat: boolean): OpenClient {
  return async (address) => {
    const client = connect(echoProto(), address.replace(/^tcp:/u, `${wire}:`), { useBinaryFormat }) as unknown as {
      readonly echo: (message: { text: string }) => Promise<{ text: string }>; // the descriptor has no types
    };
    return { echo: async (text) => (await client.echo({ text })).text };
  };
}
