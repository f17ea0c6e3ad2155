import type { Dispatch } from "../call/sink.js";
import { upgradeOf } from "../transports/websocket/upgrade-of.js";
import { WebSocketServerSession } from "../transports/websocket/websocket-server-session.js";
import type { HttpServe } from "../wires/http.js";
import type { Outlet, ServerWire, Session, SessionOptions } from "../wires/wire.js";
import { ANSWERED } from "./http-router.js";

/** What WebSockets are opened with. */
export interface WebSocketParts {
  readonly dispatch: Dispatch;
  readonly options: SessionOptions;
  /** Answers requests that cannot be an upgrade after all, such as those of HTTP/1.0. */
  readonly otherwise: HttpServe;
}

/** Answers requests to upgrade to WebSocket (RFC 6455 §4.2): the wire goes on in its messages. */
export function webSockets(wire: ServerWire, { dispatch, options, otherwise }: WebSocketParts): HttpServe {
  const rules = { subprotocol: wire.name, allowedOrigins: options.allowedOrigins };
  const open = (outlet: Outlet): Session =>
    new WebSocketServerSession(outlet, (inner) => wire.server(inner, dispatch, options), options);
  return (request, out) => {
    const upgrade = upgradeOf(request, rules);
    if (upgrade.refusal !== undefined) out.respond(upgrade.refusal, upgrade.body);
    else if (!out.upgrade(upgrade.fields, open)) return otherwise(request, out);
    return ANSWERED;
  };
}
