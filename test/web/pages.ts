import { onTestFinished } from "vitest";
import { WebSocket } from "ws";
import type { Client } from "../../src/contract/infer.js";
import { serve } from "../../src/server.js";
import { connect, type WebConnectOptions } from "../../src/web.js";
import { networkTo } from "../matrix/worlds.js";
import { Kit, kitServer } from "../wirekit/service.js";
import { type Witness, witness } from "../wirekit/witness.js";

/** A server of the kit, and a client of it as a page has it. */
export interface Page {
  readonly client: Client<typeof Kit>;
  readonly seen: Witness;
  /** Where the server is: `127.0.0.1:8080`. */
  readonly authority: string;
  /** Cuts all connections. */
  readonly sever: () => void;
}

/** Opens a page that calls the kit's contract by a wire, for the running test. */
export async function page(wire: string, options: WebConnectOptions = {}): Promise<Page> {
  const seen = witness();
  const { services, interceptors } = kitServer(seen);
  const server = await serve(services, { listen: ["tcp://127.0.0.1:0"], interceptors, log: () => {} });
  const network = await networkTo(server.addresses[0] ?? "");
  const authority = network.address.slice("tcp://".length);
  const client = connect(Kit, `${wire}://${authority}`, { webSocket: WebSocket, ...options });
  onTestFinished(async () => {
    await client[Symbol.asyncDispose]();
    await network.close();
    await server.stop({ graceMs: 0 });
  });
  return { client, seen, authority, sever: network.sever };
}
