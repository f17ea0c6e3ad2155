import type { Measured, Results, Sampled } from "../../bench/report/measured.js";

/** A row of two CPU times and rates, microseconds and calls a second. */
export function row(competitor: string, serverCpu: readonly number[], more: Partial<Sampled> = {}): Sampled {
  const rate = serverCpu.map((cpu) => 1_000_000 / cpu);
  return { competitor, load: "16 × 64", samples: { rate, p50: rate.map(() => null), serverCpu }, ...more };
}

/** Servers of gRPC, measured. */
export function servers(more: Partial<Measured> = {}): Measured {
  return {
    id: "grpc/servers, Node 20",
    group: { name: "grpc", title: "gRPC", about: "unary echo." },
    title: "servers",
    about: "each server under h2load.",
    command: "npm run bench -- grpc --only servers",
    node: "v20.20.2",
    date: "2026-11-23T07:00:00.000Z",
    took: 60,
    how: "3 rounds of 2 s after 5 s of warm-up",
    rehearsal: false,
    unit: "call",
    judged: "serverCpu",
    base: "callwire",
    charted: ["16 × 64"],
    leftOut: [],
    rows: [row("callwire", [4, 6, 5]), row("grpc-js", [70, 60, 50]), row("gRPC C++", [17.5, 17.5, 19])],
    ...more,
  };
}

/** A file of results with these. */
export function results(...measured: readonly Measured[]): Results {
  const machine = { cpu: "A processor", cores: 2, memory: "8 GiB", kernel: "Linux 6.1", pinned: true };
  return { machine, versions: { callwire: "0.1.0", "@grpc/grpc-js": "1.14.7" }, measured };
}
