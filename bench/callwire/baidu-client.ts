import { connect } from "callwire/client";
import type { OpenClient } from "../peer.js";
import { echoProto } from "./echo-proto.js";

/** A client of protobuf contracts on the wire baidu, with nothing but defaults: one connection. */
export const open: OpenClient = async (address) => {
  const client = connect(echoProto(), address.replace(/^tcp:/, "baidu:")) as unknown as {
    readonly echo: (message: { text: string }) => Promise<{ text: string }>; // the descriptor has no types
  };
  return { echo: async (text) => (await client.echo({ text })).text };
};
