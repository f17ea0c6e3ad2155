import type { Cell, Comparison, Entry } from "../entry.js";
import { h2loadConnect } from "../loads/h2load-echo.js";

/** A version of HTTP, what modules of it are called, and its loads: HTTP/1.1 has one call at a time on each connection. */
interface Version {
  readonly version: "1.1" | "2";
  readonly digit: 1 | 2;
  readonly server: string;
  readonly cells: readonly Cell[];
}

const ours = "callwire/grpc-server";

const VERSIONS: readonly Version[] = [
  {
    version: "1.1",
    digit: 1,
    server: "rivals/connect-node-http1-server",
    cells: [{ connections: 16, inflight: 16 }],
  },
  {
    version: "2",
    digit: 2,
    server: "rivals/connect-node-server",
    cells: [{ connections: 16, inflight: 64 }],
  },
];

/** Servers and clients of one version and one codec. */
function comparisons({ version, digit, server, cells }: Version, codec: "json" | "proto"): readonly Comparison[] {
  const client = h2loadConnect(codec, version);
  return [
    {
      name: `servers, ${codec} over HTTP/${version}`,
      about: "each server under h2load.",
      judged: "server",
      cells,
      competitors: [
        { name: "callwire", server: ours, client },
        { name: "connect-node", server, client },
      ],
    },
    {
      name: `clients, ${codec} over HTTP/${version}`,
      about: "each client against the same server, callwire's.",
      judged: "client",
      cells,
      competitors: [
        { name: "callwire", server: ours, client: `callwire/connect-${codec}${digit}-client` },
        { name: "connect-node", server: ours, client: `rivals/connect-node-${codec}${digit}-client` },
      ],
    },
  ];
}

/** Unary Connect, against the package of those who made it, with the same protobuf library. */
export const connect: Entry = {
  name: "connect",
  title: "Connect",
  about: "unary echo of a 20-byte string, Connect with protobuf messages and with JSON, without TLS.",
  warmup: 5, // connect-node takes so long to become as fast as it gets
  cells: [],
  comparisons: VERSIONS.flatMap((version) => [...comparisons(version, "json"), ...comparisons(version, "proto")]),
};
