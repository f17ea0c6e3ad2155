import { detectBaidu } from "./wires/baidu/detect.js";
import { connectOffer } from "./wires/connect/offer.js";
import { detectFrame } from "./wires/frame/detect.js";
import { frame } from "./wires/frame/wire.js";
import { grpcOffer } from "./wires/grpc/offer.js";
import { grpcWebOffer } from "./wires/grpcweb/offer.js";
import type { HttpOffer } from "./wires/http.js";
import { detectJsonRpc } from "./wires/jsonrpc/detect.js";
import { jsonRpcOffer } from "./wires/jsonrpc/offer.js";
import { xmlRpcOffer } from "./wires/xmlrpc/offer.js";
import type { ClientWire, Limits, Protocol, Verdict } from "./wires/wire.js";

/** What is known of a protocol before its code is loaded: it takes as long to load all of them as to start node. */
export interface ProtocolEntry {
  readonly name: string;
  /** The carriers that it goes over, the usual one first, with what its clients have to know beforehand. */
  readonly carriers: Readonly<Record<string, Pick<ClientWire, "shares" | "unaryOnly">>>;
  /** Where it has connections of its own, how they begin. */
  readonly detect?: (prefix: Uint8Array, limits: Limits) => Verdict;
  /** Where it is answered over HTTP, which requests are its own. */
  readonly http?: HttpOffer;
  /** WebSockets carry it. */
  readonly webSockets?: true;
  /** It needs HTTP/2. */
  readonly http2?: true;
  /** Its messages are bytes, made by a codec: protobuf's for protobuf services, JSON for others. Else they are values. */
  readonly bytes?: true;
  /** Calls and answers can have attachments: bytes beside the message. */
  readonly attachments?: true;
  /** Several of its calls can travel as one. */
  readonly batching?: true;
  /** Loads it; the same every time. */
  readonly load: () => Promise<Protocol>;
}

const ONE_BY_ONE = { shares: "none", unaryOnly: true } as const;
const EACH_ALONE = { shares: "none" } as const;
const SHARED = { shares: "unary" } as const;
const framed: Promise<Protocol> = Promise.resolve({ name: "frame", stream: frame });

/**
 * Every protocol, in the order in which servers ask about a connection's first bytes, and about a request's path and type. What can be told by
 * its first bytes alone comes before `frame`, which begins with a length.
 */
export const PROTOCOLS: readonly ProtocolEntry[] = [
  {
    name: "grpc",
    carriers: { http2: { shares: "all" }, unix: { shares: "all" } },
    http: grpcOffer,
    http2: true,
    bytes: true,
    load: () => import("./wires/grpc/wire.js").then(({ grpc }) => grpc),
  },
  {
    name: "grpcweb",
    carriers: { http: { shares: "none" }, http2: { shares: "all" }, unix: { shares: "none" } },
    http: grpcWebOffer,
    bytes: true,
    load: () =>
      Promise.all([import("./wires/grpcweb/wire.js"), import("./wires/grpc/wire.js")]).then(([{ grpcWeb }, { grpc }]) =>
        grpcWeb(grpc),
      ),
  },
  {
    name: "xmlrpc",
    carriers: { http: ONE_BY_ONE, unix: ONE_BY_ONE },
    http: xmlRpcOffer,
    batching: true,
    load: () => import("./wires/xmlrpc/wire.js").then(({ xmlrpc }) => xmlrpc),
  },
  {
    name: "baidu",
    carriers: { tcp: { shares: "all" }, unix: { shares: "all" } },
    detect: detectBaidu,
    bytes: true,
    attachments: true,
    load: async () => {
      const [{ coded }, { baidu }] = await Promise.all([
        import("./link/coded-wire.js"),
        import("./wires/baidu/wire.js"),
      ]);
      return coded(baidu);
    },
  },
  {
    name: "jsonrpc",
    carriers: { http: ONE_BY_ONE, ws: SHARED, tcp: SHARED, unix: SHARED },
    detect: detectJsonRpc,
    http: jsonRpcOffer,
    webSockets: true,
    load: () => import("./wires/jsonrpc/wire.js").then(({ jsonrpc }) => jsonrpc),
  },
  {
    name: "connect",
    carriers: { http: EACH_ALONE, http2: { shares: "all" }, unix: EACH_ALONE },
    http: connectOffer,
    bytes: true,
    load: () => import("./wires/connect/wire.js").then(({ connect }) => connect),
  },
  { name: "frame", carriers: { tcp: SHARED, unix: SHARED }, detect: detectFrame, load: () => framed },
];

/** The protocols that a server answers: those named, or all. Throws a TypeError for a name that there is not. */
export function protocolsNamed(names: readonly string[] | undefined): readonly ProtocolEntry[] {
  if (names === undefined) return PROTOCOLS;
  const known = PROTOCOLS.map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new TypeError(`There is no wire ${JSON.stringify(unknown)}: choose of ${known.toSorted().join(", ")}.`);
  }
  return PROTOCOLS.filter(({ name }) => names.includes(name));
}
