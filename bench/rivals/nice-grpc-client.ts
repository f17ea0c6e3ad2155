import type { OpenClient } from "../peer.js";
import { messageMaker } from "./grpc-methods.js";
import { niceGrpc } from "./nice-grpc.js";

/** A client of nice-grpc with one connection. */
export const open: OpenClient = async (address) => {
  const { createChannel, createClient, service } = niceGrpc();
  const client = createClient(service, createChannel(address.replace("tcp://", "")));
  const make = messageMaker("Echo");
  return {
    // a message of that type
    echo: async (text) => ((await client.echo(make({ text }))) as { readonly text: string }).text,
  };
};
