import { DEAF, type Dispatch } from "./call/sink.js";
import { failure } from "./call/status.js";
import { FetchAsks } from "./web/fetch-asks.js";
import type { FetchTarget } from "./web/fetch-exchange.js";
import { lateDispatch } from "./web/late-dispatch.js";
import type { WebSocketMaker } from "./web/web-socket-like.js";
import { connectClient } from "./wires/connect/client.js";
import type { HttpWire } from "./wires/http.js";
import type { ClientWire, SessionOptions } from "./wires/wire.js";

/** Where a page's calls go, and what they speak. */
export interface WebDestination {
  /** Its messages are bytes, made by a codec. */
  readonly bytes: boolean;
  /** Makes the way there; nothing is sent before the first call. */
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

/** A protocol as pages speak it: its client over HTTP, and the one whose messages a WebSocket carries. */
interface WebWire {
  readonly bytes: boolean;
  /** Carriers, the usual one first, with the scheme that browsers have for them. */
  readonly carriers: Readonly<Record<string, string>>;
  readonly http: () => Promise<HttpWire["client"]>;
  readonly messages?: () => Promise<ClientWire["client"]>;
}

const OVER_HTTP = { http: "http", tls: "https" };
/** What a plain URL, such as a page's own origin, means. */
const PLAIN: Readonly<Record<string, string>> = { http: "connect+http", https: "connect+tls" };

/** Connect is there from the beginning, since it is what most pages speak; the rest is loaded when it is needed. */
const WIRES: Readonly<Record<string, WebWire>> = {
  connect: { bytes: true, carriers: OVER_HTTP, http: () => Promise.resolve(connectClient) },
  grpcweb: { bytes: true, carriers: OVER_HTTP, http: grpcWebClient },
  jsonrpc: {
    bytes: false,
    carriers: { ...OVER_HTTP, ws: "ws", wss: "wss" },
    http: () => import("./wires/jsonrpc/http-client.js").then(({ httpClient }) => httpClient),
    messages: jsonRpcMessages,
  },
};

/** Reads `WIRE[+CARRIER]://HOST[:PORT][/PATH]`, or a plain `http:` or `https:` URL, which means Connect. Throws a TypeError that says what there is. */
export function webDestination(url: string): WebDestination {
  const meant = url.replace(/^https?(?=:)/u, (scheme) => PLAIN[scheme] ?? scheme);
  const match = /^(?<wire>[a-z]+)(?:\+(?<carrier>[a-z]+))?:\/\/(?<authority>[^/?#]+)(?<path>[^#]*)/u.exec(meant);
  const { wire: name = "", carrier, authority = "", path = "" } = match?.groups ?? {};
  const wire = Object.hasOwn(WIRES, name) ? WIRES[name] : undefined;
  if (wire === undefined)
    throw new TypeError(
      `A page cannot call ${JSON.stringify(url)}: write WIRE://HOST:PORT, with a wire of ${Object.keys(WIRES).toSorted().join(", ")}.`,
    );
  const chosen = carrier ?? Object.keys(wire.carriers)[0] ?? "";
  const scheme = Object.hasOwn(wire.carriers, chosen) ? wire.carriers[chosen] : undefined;
  if (scheme === undefined)
    throw new TypeError(
      `From a page, wire ${name} goes over ${Object.keys(wire.carriers).join(", ")}, not ${JSON.stringify(chosen)}.`,
    );
  if (authority.includes("@"))
    throw new TypeError(`Browsers send no user and password of a URL: send a header "authorization" instead of them.`);
  return way(wire, { url, scheme, authority, path: path === "/" ? "" : path });
}

/** What a URL says. */
interface Place {
  readonly url: string;
  readonly scheme: string;
  readonly authority: string;
  readonly path: string;
}

function way(wire: WebWire, place: Place): WebDestination {
  const { messages } = wire;
  return {
    bytes: wire.bytes,
    open: (options) =>
      messages !== undefined && place.scheme.startsWith("ws")
        ? overWebSocket(messages, place, options)
        : overFetch(wire, place, options),
  };
}

function overFetch({ http }: WebWire, place: Place, options: WebWayOptions): WebWay {
  const asks = new FetchAsks({ ...options, origin: `${place.scheme}://${place.authority}` });
  const session = sessionOf(place, options);
  const dispatch = lateDispatch(() => http().then((client) => client(asks.ask, session)));
  return { dispatch: oneRequest(dispatch, place), close: () => asks.close() };
}

function overWebSocket(messages: () => Promise<ClientWire["client"]>, place: Place, options: WebWayOptions): WebWay {
  const { webSocket, connectTimeoutMs } = options;
  if (webSocket === undefined)
    throw new TypeError("There is no WebSocket on this platform: give connect() one by the option webSocket.");
  const url = `${place.scheme}://${place.authority}${place.path === "" ? "/" : place.path}`;
  let sockets: WebWay | undefined;
  let closed = false;
  const dispatch = lateDispatch(async () => {
    const [{ WebSockets }, client] = await Promise.all([import("./web/web-sockets.js"), messages()]);
    sockets = new WebSockets({ url, client, session: sessionOf(place, options), webSocket, connectTimeoutMs });
    if (closed) sockets.close();
    return sockets.dispatch;
  });
  const close = (): void => {
    closed = true;
    sockets?.close();
  };
  return { dispatch, close };
}

function sessionOf({ url, authority, path }: Place, { session }: WebWayOptions): SessionOptions {
  return { ...session, peer: { address: url }, http: { authority, path, fields: [] } };
}

/** Refuses what browsers cannot do: they send a request whole, and read the answer after it. */
function oneRequest(dispatch: Dispatch, { scheme, authority }: Place): Dispatch {
  const other = `jsonrpc+${scheme === "https" ? "wss" : "ws"}://${authority}`;
  return (head, reply) => {
    if (head.shape !== "clientStream" && head.shape !== "bidi") return dispatch(head, reply);
    const reason = `${head.path} takes a stream, which browsers cannot send over HTTP: connect to ${other} for it.`;
    reply.end(failure("unimplemented", reason));
    return DEAF;
  };
}

async function grpcWebClient(): Promise<HttpWire["client"]> {
  const [{ grpcWebAsk }, { grpcClient }] = await Promise.all([
    import("./wires/grpcweb/client.js"),
    import("./wires/grpc/client.js"),
  ]);
  return (ask, options) => grpcClient(grpcWebAsk(ask, options), options);
}

async function jsonRpcMessages(): Promise<ClientWire["client"]> {
  const [{ JsonRpcClientSession }, { wholeMessages }] = await Promise.all([
    import("./wires/jsonrpc/client-session.js"),
    import("./wires/jsonrpc/whole-messages.js"),
  ]);
  return (outlet, options) => new JsonRpcClientSession(outlet, { options, framing: wholeMessages });
}
