import { DEAF, type Dispatch } from "./call/sink.js";
import { failure } from "./call/status.js";
import { fetchAsks } from "./web/fetch-asks.js";
import type { FetchTarget } from "./web/fetch-exchange.js";
import { lateDispatch } from "./web/late-dispatch.js";
import type { WebSocketMaker } from "./web/web-socket-like.js";
import { byShape } from "./wires/connect/by-shape.js";
import { sharedOf } from "./wires/connect/request.js";
import type { HttpWire } from "./wires/http.js";
import type { SessionOptions } from "./wires/wire.js";

/** Where a page's calls go, and what they speak. */
export interface WebDestination {
  /** Its messages are bytes, made by a codec. */
  readonly bytes: boolean;
  /** Makes the way there; nothing is sent before the first call. Throws a TypeError where the platform lacks what it takes. */
  readonly open: (options: WebWayOptions) => WebWay;
}

/** What a way needs to know. */
export interface WebWayOptions extends Omit<FetchTarget, "origin"> {
  /** What its sessions are told. */
  readonly session: Pick<SessionOptions, "limits" | "grpcweb" | "useHttpGet">;
  /** The platform's, unless the user gives another; undefined: there is none. */
  readonly webSocket: WebSocketMaker | undefined;
  readonly connectTimeoutMs: number;
}

/** A way to a server. */
export interface WebWay {
  readonly dispatch: Dispatch;
  /** Ends the open calls as `canceled`. */
  readonly close: () => void;
}

/** What a URL says. */
export interface Place {
  readonly url: string;
  readonly wire: string;
  /** The scheme that browsers have for its carrier. */
  readonly scheme: string;
  readonly authority: string;
  readonly path: string;
}

/** What pages speak, and over what. */
const WIRES: readonly string[] = ["connect+http", "grpcweb+http", "jsonrpc+http", "jsonrpc+ws"];

/**
 * Reads `WIRE[+CARRIER][+tls]://HOST[:PORT][/PATH]`, or a plain `http:` or `https:` URL, which means Connect. Throws a TypeError that says what
 * there is.
 */
export function webDestination(url: string): WebDestination {
  const meant = url.replace(/^http:/u, "connect:").replace(/^https:/u, "connect+tls:");
  const form =
    /^(?<wire>[a-z]+)(?:\+(?!tls:)(?<named>[a-z0-9]+))?(?<tls>\+tls)?:\/\/(?<authority>[^/?#]+)(?<path>[^#]*)/u;
  const { wire = "", named, tls, authority = "", path = "" } = form.exec(meant)?.groups ?? {};
  const carrier = named ?? "http";
  if (!WIRES.includes(`${wire}+${carrier}`))
    throw new TypeError(
      `A page cannot call ${JSON.stringify(url)}: write WIRE://HOST:PORT, with one of ${WIRES.join(", ")}.`,
    );
  if (authority.includes("@"))
    throw new TypeError(`Browsers send no user and password of a URL: send a header "authorization" instead.`);
  const scheme = tls === undefined ? carrier : `${carrier}s`;
  const place = { url, wire, scheme, authority, path: path === "/" ? "" : path };
  return {
    bytes: wire !== "jsonrpc",
    open: (options) => (carrier === "ws" ? overWebSocket(place, options) : overFetch(place, options)),
  };
}

function overFetch(place: Place, options: WebWayOptions): WebWay {
  const { scheme, authority, wire } = place;
  const asks = fetchAsks({ ...options, origin: `${scheme}://${authority}` });
  const session = sessionOf(place, options);
  const later = LATER[wire];
  const dispatch =
    later === undefined
      ? connectClient(asks.ask, session)
      : lateDispatch(() => later().then((client) => client(asks.ask, session)));
  return { dispatch: oneRequest(dispatch, place), close: () => asks.close() };
}

/** Connect is there from the beginning, since it is what most pages speak; what few calls need of it, when one needs it. */
const connectClient: HttpWire["client"] = (ask, options) => {
  const shared = sharedOf(ask, options);
  const streams = lateDispatch(async () => {
    const { StreamAsking } = await import("./web-connect.js");
    return (head, reply) => new StreamAsking(shared, head, reply);
  });
  if (options.useHttpGet !== true) return byShape(shared, streams);
  return lateDispatch(async () => {
    const { getRequest } = await import("./web-connect.js");
    return byShape({ ...shared, get: getRequest }, streams);
  });
};

/** The clients of other wires over `fetch`, loaded when they are needed. */
const LATER: Readonly<Record<string, () => Promise<HttpWire["client"]>>> = {
  grpcweb: () => import("./web-grpc-web.js").then(({ grpcWebClient }) => grpcWebClient),
  jsonrpc: () => import("./web-json-rpc.js").then(({ jsonRpcClient }) => jsonRpcClient),
};

function overWebSocket(place: Place, options: WebWayOptions): WebWay {
  const { webSocket, connectTimeoutMs } = options;
  if (webSocket === undefined)
    throw new TypeError("There is no WebSocket on this platform: give connect() one by the option webSocket.");
  let way: WebWay | undefined;
  let closed = false;
  const dispatch = lateDispatch(async () => {
    const { jsonRpcWay } = await import("./web-json-rpc.js");
    way = jsonRpcWay(place, { session: sessionOf(place, options), webSocket, connectTimeoutMs });
    if (closed) way.close();
    return way.dispatch;
  });
  const close = (): void => {
    closed = true;
    way?.close();
  };
  return { dispatch, close };
}

function sessionOf({ url, authority, path }: Place, { session }: Pick<WebWayOptions, "session">): SessionOptions {
  return { ...session, peer: { address: url }, http: { authority, path, fields: [] } };
}

/** Refuses what browsers cannot do: they send a request whole, and read the answer after it. */
function oneRequest(dispatch: Dispatch, { scheme, authority }: Place): Dispatch {
  return (head, reply) => {
    if (head.shape !== "clientStream" && head.shape !== "bidi") return dispatch(head, reply);
    const other = `jsonrpc+ws${scheme === "https" ? "+tls" : ""}://${authority}`;
    const reason = `${head.path} takes a stream, which browsers cannot send over HTTP: connect to ${other} for it.`;
    reply.end(failure("unimplemented", reason));
    return DEAF;
  };
}
