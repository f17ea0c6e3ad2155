import type { Dispatch } from "../call/sink.js";
import { detectHttp1 } from "../transports/http1/detect-http1.js";
import { Http1ServerSession } from "../transports/http1/http1-server-session.js";
import type { HttpOffer, HttpServe, HttpServerWire } from "../wires/http.js";
import type { ServerWire, SessionOptions } from "../wires/wire.js";
import { heldUntilLoaded } from "./held-request.js";
import { httpStack } from "./http-stack.js";
import type { Later } from "./later.js";

/** What is answered over HTTP. */
export interface HttpServing {
  /** In the order in which they are asked for a route. */
  readonly wires: readonly HttpServerWire[];
  /** What WebSockets carry, opened where its requests over HTTP go. */
  readonly messages?: (Later<ServerWire> & Pick<HttpOffer, "routes">) | undefined;
  /** Told why something cannot be loaded. */
  readonly failed: (error: unknown) => void;
}

/** Puts wires that ride HTTP on connections of their own: HTTP/1.1, content coding, routes, and upgrades to WebSocket. */
export function httpServing(serving: HttpServing): ServerWire {
  return {
    name: "http",
    detect: detectHttp1,
    server(outlet, dispatch, options) {
      const route = httpStack(serving.wires, { dispatch, options, unlimited: false });
      return new Http1ServerSession(outlet, upgrading(serving, route, { dispatch, options }), options);
    },
  };
}

/** Takes requests to upgrade to WebSocket out of the others; what opens them is loaded with the first. */
function upgrading(
  { messages, failed }: HttpServing,
  serve: HttpServe,
  parts: { readonly dispatch: Dispatch; readonly options: SessionOptions },
): HttpServe {
  if (messages === undefined) return serve;
  const { routes, load } = messages;
  let open: HttpServe | undefined;
  return (request, out) => {
    if (request.method !== "GET" || !request.fields.some(([name]) => name === "upgrade")) return serve(request, out);
    if (!routes.some(({ paths }) => paths.includes(request.path))) return serve(request, out);
    open ??= heldUntilLoaded({
      load: async () => {
        const [{ webSockets }, wire] = await Promise.all([import("./web-sockets.js"), load()]);
        return webSockets(wire, { ...parts, otherwise: serve });
      },
      failed,
    });
    return open(request, out);
  };
}
