import type { Dispatch } from "../call/sink.js";
import { Http1ClientSession } from "../transports/http1/http1-client-session.js";
import type { HttpWire } from "../wires/http.js";
import type { ClientSession, ClientWire, HttpTarget, Outlet, SessionOptions } from "../wires/wire.js";

/** Puts a wire that rides HTTP on connections of its own: HTTP/1.1, one call at a time on each. */
export function httpClient(wire: HttpWire): ClientWire {
  return {
    name: wire.name,
    shares: "none",
    unaryOnly: !wire.streams,
    client: (outlet, options) => new HttpClientSession(wire, outlet, options),
  };
}

/** One connection that carries a wire's calls as requests. */
class HttpClientSession extends Http1ClientSession implements ClientSession {
  readonly dispatch: Dispatch;

  constructor(wire: HttpWire, outlet: Outlet, options: SessionOptions) {
    const { limits } = options;
    super(outlet, { limits, http: options.http ?? ANYWHERE });
    this.dispatch = wire.client(this.ask, options);
  }
}

/** What is known of a server where nobody says anything of it. */
const ANYWHERE: HttpTarget = { authority: "localhost", path: "", fields: [] };
