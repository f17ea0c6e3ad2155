import type { Competitor, Entry } from "../entry.js";

function pair(name: string, modules: { server: string; client: string }): Competitor {
  return { name, ...modules };
}

/** The wire `frame` (length-prefixed JSON over TCP) against a loop on `net` written by hand for this one purpose. */
export const frame: Entry = {
  name: "frame",
  title: "Length-prefixed JSON over TCP (`frame`)",
  about: "unary echo of a 20-byte payload, length-prefixed JSON over TCP.",
  cells: [
    { connections: 1, inflight: 64 },
    { connections: 16, inflight: 64 },
  ],
  comparisons: [
    {
      name: "servers",
      about: "each server under the same client, the bare one.",
      judged: "server",
      competitors: [
        pair("bare", { server: "bare/server", client: "bare/client" }),
        pair("callwire", { server: "callwire/server", client: "bare/client" }),
      ],
    },
    {
      name: "clients",
      about: "each client against the same server, the bare one.",
      judged: "client",
      competitors: [
        pair("bare", { server: "bare/server", client: "bare/client" }),
        pair("callwire", { server: "bare/server", client: "callwire/client" }),
      ],
    },
    {
      name: "ends",
      about: "each with its own client and its own server.",
      judged: "both",
      competitors: [
        pair("bare", { server: "bare/server", client: "bare/client" }),
        pair("callwire", { server: "callwire/server", client: "callwire/client" }),
      ],
    },
  ],
};
