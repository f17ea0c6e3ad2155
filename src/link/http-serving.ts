import type { Dispatch } from "../call/sink.js";
import { detectHttp1 } from "../transports/http1/detect-http1.js";
import { Http1ServerSession } from "../transports/http1/http1-server-session.js";
import type { HttpServe, HttpServerWire } from "../wires/http.js";
import type { Protocol, ServerWire, SessionOptions } from "../wires/wire.js";
import { httpRouter } from "./http-router.js";

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
      const route = httpRouter(
        serving.wires.map(({ name, routes, server }) => ({ name, routes, serve: server(dispatch, options) })),
      );
      return new Http1ServerSession(outlet, route, options);
    },
  };
}
