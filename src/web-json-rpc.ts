import { WebSockets } from "./web/web-sockets.js";
import type { WebSocketTarget } from "./web/web-socket-channel.js";
import type { Place, WebWay } from "./web-destination.js";
import { JsonRpcClientSession } from "./wires/jsonrpc/client-session.js";
import { wholeMessages } from "./wires/jsonrpc/whole-messages.js";

export { httpClient as jsonRpcClient } from "./wires/jsonrpc/http-client.js";

/** JSON-RPC over WebSockets: loaded, as JSON-RPC over `fetch` is, when a page first calls by it. */
export function jsonRpcWay(
  { scheme, authority, path }: Place,
  target: Omit<WebSocketTarget, "client" | "url">,
): WebWay {
  const sockets = new WebSockets({
    ...target,
    url: `${scheme}://${authority}${path === "" ? "/" : path}`,
    client: (outlet, options) => new JsonRpcClientSession(outlet, { options, framing: wholeMessages }),
  });
  return { dispatch: sockets.dispatch, close: () => sockets.close() };
}
