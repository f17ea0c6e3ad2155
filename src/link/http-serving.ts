import type { Dispatch } from "../call/sink.js";
import { detectHttp1 } from "../transports/http1/detect-http1.js";
import { Http1ServerSession } from "../transports/http1/http1-server-session.js";
import { upgradeOf } from "../transports/websocket/upgrade-of.js";
import { WebSocketServerSession } from "../transports/websocket/websocket-server-session.js";
import type { HttpServe, HttpServerWire } from "../wires/http.js";
import type { Outlet, Protocol, ServerWire, Session, SessionOptions } from "../wires/wire.js";
import { ANSWERED } from "./http-router.js";
import { httpStack } from "./http-stack.js";

/** What is answered over HTTP. */
export interface HttpServing {
  /** In the order in which they are asked for a route. */
  readonly wires: readonly HttpServerWire[];
  /** The protocol that WebSockets carry, opened where its requests over HTTP go. */
  readonly messages?: Protocol | undefined;
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

/** Takes requests to upgrade to WebSocket (RFC 6455 §4.2) out of the others. */
function upgrading(
  { messages }: HttpServing,
  serve: HttpServe,
  { dispatch, options }: { readonly dispatch: Dispatch; readonly options: SessionOptions },
): HttpServe {
  const wire = messages?.messages;
  if (messages === undefined || wire === undefined) return serve;
  const places = messages.http?.routes.flatMap(({ paths }) => paths) ?? [];
  const rules = { subprotocol: messages.name, allowedOrigins: options.allowedOrigins };
  const open = (outlet: Outlet): Session =>
    new WebSocketServerSession(outlet, (inner) => wire.server(inner, dispatch, options), options);
  return (request, out) => {
    if (request.method !== "GET" || !request.fields.some(([name]) => name === "upgrade")) return serve(request, out);
    if (!places.includes(request.path)) return serve(request, out);
    const upgrade = upgradeOf(request, rules);
    if (upgrade.refusal !== undefined) out.respond(upgrade.refusal, upgrade.body);
    else if (!out.upgrade(upgrade.fields, open)) return serve(request, out);
    return ANSWERED;
  };
}
