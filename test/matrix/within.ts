import { nodeHandler } from "callwire/node";
import type { Server } from "node:http";
import type { Http2Server, ServerHttp2Session } from "node:http2";
import type { AddressInfo } from "node:net";
import type { ClientWire } from "../../src/wires/wire.js";
import type { Open } from "../wirekit/world.js";
import { reached } from "./worlds.js";

/** A handler of the kit's services in a server of node's. */
export function within(
  wire: ClientWire | undefined,
  make: (handler: ReturnType<typeof nodeHandler>) => Server | Http2Server,
): Open {
  return async ({ services, interceptors }) => {
    if (wire === undefined) throw new Error("The protocol does not go that way.");
    const server = make(nodeHandler(services, { interceptors, log: () => {} }));
    const sessions = new Set<ServerHttp2Session>();
    server.on("session", (session: ServerHttp2Session) => sessions.add(session));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo; // it listens on a port
    const stop = (): Promise<void> => {
      for (const session of sessions) session.destroy();
      if ("closeAllConnections" in server) server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    };
    return await reached(wire, `tcp://127.0.0.1:${port}`, { stop });
  };
}
