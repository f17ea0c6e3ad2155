import { WebSocket } from "ws";
import { serve } from "../../src/server.js";
import { webDestination } from "../../src/web-destination.js";
import { DEFAULT_LIMITS } from "../../src/wires/limits.js";
import { networkTo } from "../matrix/worlds.js";
import type { Open } from "../wirekit/world.js";

/** The composition that pages have: `serve`, and the way behind `connect` of callwire/web, with a network between them that can be cut. */
export function fromPage(wire: string): Open {
  return async ({ services, interceptors }) => {
    const server = await serve(services, { listen: ["tcp://127.0.0.1:0"], interceptors, log: () => {} });
    const network = await networkTo(server.addresses[0] ?? "");
    const way = webDestination(`${wire}://${network.address.slice("tcp://".length)}`).open({
      session: { limits: DEFAULT_LIMITS },
      fetch,
      webSocket: WebSocket,
      connectTimeoutMs: 5000,
    });
    return {
      dispatch: way.dispatch,
      sever: network.sever,
      close: async () => {
        way.close();
        await network.close();
        await server.stop({ graceMs: 0 });
      },
    };
  };
}
