import { connect } from "callwire/client";
import type { OpenClient } from "../peer.js";

/** Opens a client of this package with nothing but defaults: one connection. */
export const open: OpenClient = async (address) => {
  const client = connect<{ echo: (value: unknown) => unknown }>("bench", address.replace(/^tcp:/, "frame:"));
  return { echo: (payload) => client.echo(payload) };
};
