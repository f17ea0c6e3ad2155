import { WebSockets } from "./web/web-sockets.js";
import type { WebSocketTarget } from "./web/web-socket-channel.js";
import type { WebWay } from "./web-destination.js";
import { JsonRpcClientSession } from "./wires/jsonrpc/client-session.js";
import { wholeMessages } from "./wires/jsonrpc/whole-messages.js";

export { httpClient as jsonRpcClient } from "./wires/jsonrpc/http-client.js";

/** JSON-RPC over WebSockets: loaded, as JSON-RPC over `fetch` is, when a page first calls by it. */
export function jsonRpcWay(target: Omit<WebSocketTarget, "client">): WebWay {
  const sockets = new WebSockets({
    ...target,
    client: (outlet, options) => new JsonRpcClientSession(outlet, { options, framing: wholeMessages }),
  });
  return { dispatch: sockets.dispatch, close: () => sockets.close() };
}
