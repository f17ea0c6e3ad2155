import type { End } from "./lockstep.js";

/** One thing that is counted: an end of a wire under one kind of load. */
export interface Case {
  /** `grpc server`, or `grpc server, stream out`: what bounds and messages call it. */
  readonly name: string;
  readonly url: string;
  readonly end: End;
  readonly load: LoadName;
  /** Calls in flight. */
  readonly inflight: number;
  readonly connections: number;
  /** Messages are bytes, of a protobuf service; else they are values. */
  readonly bytes: boolean;
}

/**
 * What is done: calls of one message each way; the same with a deadline, of a method that answers with a promise; streams of the server's, streams of the
 * client's.
 */
export type LoadName = "unary" | "deadline" | "stream out" | "stream in";

interface WireUnderCount extends Pick<Case, "url" | "inflight" | "bytes"> {
  readonly name: string;
  readonly streams: boolean;
  /** Its calls are counted with deadlines, too. */
  readonly deadlines?: true;
}

/** HTTP/1.1 carries one call at a time, and clients make so many connections by default. */
const BY_HTTP1 = 16;
const SHARED = 64;

const WIRES: readonly WireUnderCount[] = [
  { name: "grpc", url: "grpc://bench:1", inflight: SHARED, bytes: true, streams: true, deadlines: true },
  { name: "connect, HTTP/1.1", url: "connect://bench:1", inflight: BY_HTTP1, bytes: true, streams: true },
  {
    name: "connect, HTTP/2",
    url: "connect+http2://bench:1",
    inflight: SHARED,
    bytes: true,
    streams: false,
    deadlines: true,
  },
  { name: "grpcweb", url: "grpcweb://bench:1", inflight: BY_HTTP1, bytes: true, streams: true },
  { name: "jsonrpc, HTTP", url: "jsonrpc://bench:1", inflight: BY_HTTP1, bytes: false, streams: false },
  { name: "jsonrpc, TCP", url: "jsonrpc+tcp://bench:1", inflight: SHARED, bytes: false, streams: true },
  { name: "xmlrpc", url: "xmlrpc://bench:1", inflight: BY_HTTP1, bytes: false, streams: false },
  { name: "frame", url: "frame://bench:1", inflight: SHARED, bytes: false, streams: true, deadlines: true },
  { name: "baidu", url: "baidu://bench:1", inflight: SHARED, bytes: true, streams: true, deadlines: true },
];

const ENDS: readonly End[] = ["server", "client"];

/** Everything that is counted: each end of each wire, its calls, then its streams, one of which is open at a time. */
export const CASES: readonly Case[] = WIRES.flatMap((wire) =>
  ENDS.flatMap((end) =>
    loadsOf(wire).map((load) => ({
      ...shared(wire, end),
      name: `${wire.name}: ${end}${load === "unary" ? "" : `, ${load}`}`,
      load,
      inflight: load.startsWith("stream") ? 1 : wire.inflight,
    })),
  ),
);

function loadsOf({ streams, deadlines }: WireUnderCount): readonly LoadName[] {
  return [
    "unary",
    ...(deadlines === true ? (["deadline"] as const) : []),
    ...(streams ? (["stream out", "stream in"] as const) : []),
  ];
}

function shared({ url, inflight, bytes }: WireUnderCount, end: End): Omit<Case, "name" | "load" | "inflight"> {
  return { url, bytes, end, connections: inflight === BY_HTTP1 ? BY_HTTP1 : 1 };
}
