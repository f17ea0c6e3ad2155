import type { Dispatch } from "../call/sink.js";
import { decodingAsk } from "../transports/http-coding.js";
import { detectHttp2 } from "../transports/http2/detect-http2.js";
import { Http2ClientSession } from "../transports/http2/http2-client-session.js";
import { Http2ServerSession } from "../transports/http2/http2-server-session.js";
import { MESSAGE_CODINGS } from "../transports/message-codings.js";
import type { HttpServerWire, HttpWire } from "../wires/http.js";
import type {
  ClientSession,
  ClientWire,
  HttpTarget,
  Outlet,
  Protocol,
  ServerWire,
  SessionOptions,
} from "../wires/wire.js";
import { httpStack } from "./http-stack.js";

/** Puts wires that ride HTTP on connections of HTTP/2, in the order in which they are asked for a route. */
export function http2Serving(wires: readonly HttpServerWire[]): ServerWire {
  return {
    name: "http2",
    detect: detectHttp2,
    server(outlet, dispatch, options) {
      const route = httpStack(wires, { dispatch, options, unlimited: true, patient: true });
      const { limits, keepalive } = options;
      return new Http2ServerSession(outlet, route, { limits, keepalive, now });
    },
  };
}

/** Puts a protocol that rides HTTP on connections of HTTP/2, which all calls share. Undefined where it does not ride HTTP. */
export function http2Client({ http }: Protocol): ClientWire | undefined {
  if (http === undefined) return undefined;
  return {
    name: http.name,
    shares: "all",
    unaryOnly: !http.streams,
    client: (outlet, options) => new Http2CallSession(http, outlet, options),
  };
}

/** One connection that carries a wire's calls as exchanges of HTTP/2. */
class Http2CallSession extends Http2ClientSession implements ClientSession {
  readonly dispatch: Dispatch;

  constructor(wire: HttpWire, outlet: Outlet, options: SessionOptions) {
    const { limits, http, gzip, pings } = options;
    super(outlet, { limits, http: http ?? ANYWHERE, secure: http?.secure, pings, now });
    const ask = wire.ownCodings
      ? this.ask
      : decodingAsk(this.ask, { maxMessageBytes: limits.maxMessageBytes, gzipRequests: gzip });
    this.dispatch = wire.client(ask, { ...options, codings: MESSAGE_CODINGS });
  }
}

/** The clock by which windows grow, in milliseconds. */
const now = (): number => performance.now();

/** What is known of a server where nobody says anything of it. */
const ANYWHERE: HttpTarget = { authority: "localhost", path: "", fields: [] };
