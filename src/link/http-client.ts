import type { Dispatch } from "../call/sink.js";
import { decodingAsk } from "../transports/http-coding.js";
import { Http1ClientSession } from "../transports/http1/http1-client-session.js";
import { MESSAGE_CODINGS } from "../transports/message-codings.js";
import { WebSocketClientSession } from "../transports/websocket/websocket-client-session.js";
import type { HttpWire } from "../wires/http.js";
import type { ClientSession, ClientWire, HttpTarget, Outlet, Protocol, SessionOptions } from "../wires/wire.js";

/** What is known of a server where nobody says anything of it. */
const ANYWHERE: HttpTarget = { authority: "localhost", path: "", fields: [] };

/** Puts a protocol that rides HTTP on connections of its own: HTTP/1.1, one call at a time on each. Undefined where it does not ride HTTP. */
export function httpClient({ http }: Protocol): ClientWire | undefined {
  if (http === undefined) return undefined;
  return {
    name: http.name,
    shares: "none",
    unaryOnly: !http.streams,
    client: (outlet, options) => new HttpClientSession(http, outlet, options),
  };
}

/** Puts a protocol whose units are messages on WebSockets. Undefined where it has none. */
export function webSocketClient({ name, messages }: Protocol): ClientWire | undefined {
  if (messages === undefined) return undefined;
  return {
    name,
    shares: messages.shares,
    client: (outlet, options) =>
      new WebSocketClientSession(outlet, (inner) => messages.client(inner, options), {
        limits: options.limits,
        http: options.http ?? ANYWHERE,
        subprotocol: name,
      }),
  };
}

/** One connection that carries a wire's calls as requests. */
class HttpClientSession extends Http1ClientSession implements ClientSession {
  readonly dispatch: Dispatch;

  constructor(wire: HttpWire, outlet: Outlet, options: SessionOptions) {
    const { limits, http, gzip } = options;
    super(outlet, { limits, http: http ?? ANYWHERE });
    const ask = wire.ownCodings
      ? this.ask
      : decodingAsk(this.ask, { maxMessageBytes: limits.maxMessageBytes, gzipRequests: gzip });
    this.dispatch = wire.client(ask, { ...options, codings: MESSAGE_CODINGS });
  }
}
