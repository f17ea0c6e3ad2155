// Latencies at a fixed rate, half of what grpc-js can do at most, under the same client: what a call takes where nobody is at the limit.
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { compile } from "./compile.js";
import type { Cell, Competitor, Entry } from "./entry.js";
import { runEntry, type RunOptions } from "./harness.js";
import { makeRows, renderTables, type Row } from "./report.js";

const CONNECTIONS = 16;
const client = "callwire/grpc-client";
const callwire: Competitor = { name: "callwire", server: "callwire/grpc-server", client };
const grpcJs: Competitor = { name: "grpc-js", server: "rivals/grpc-js-server", client };

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "5" },
    warmup: { type: "string", default: "5" },
    rounds: { type: "string", default: "3" },
    rate: { type: "string" },
    json: { type: "string" },
  },
});
const options: RunOptions = {
  seconds: Number(values.seconds),
  warmup: Number(values.warmup),
  rounds: Number(values.rounds),
  built: compile(),
  progress: (line) => console.error(line),
};

function entry(about: string, { cell, competitors }: { cell: Cell; competitors: readonly Competitor[] }): Entry {
  return {
    name: "latency",
    about,
    cells: [cell],
    comparisons: [{ name: "servers", about, judged: "server", competitors }],
  };
}

async function rows(measured: Entry): Promise<Row[]> {
  return makeRows(measured, await runEntry(measured, options));
}

/** Calls a second that grpc-js answers where they follow each other. */
async function most(): Promise<number> {
  const cell = { connections: CONNECTIONS, inflight: 4 * CONNECTIONS };
  const [row] = await rows(entry("the most that grpc-js does", { cell, competitors: [grpcJs] }));
  return row?.median.callsPerSecond ?? 0;
}

const rate = Math.round(values.rate === undefined ? (await most()) / 2 : Number(values.rate));
const open = entry(`unary gRPC echo of 20 B over ${CONNECTIONS} connections, begun at ${rate} calls a second.`, {
  cell: { connections: CONNECTIONS, inflight: 0, rate },
  competitors: [callwire, grpcJs],
});
const measured = await rows(open);
console.log(`\nNode ${process.version}, medians of ${options.rounds} rounds of ${options.seconds} s.`);
console.log("Latencies are from when a call was due. The client never sleeps, so its CPU time says nothing.\n");
console.log(renderTables(open, measured));
if (values.json !== undefined) {
  const all = { date: new Date().toISOString(), node: process.version, rate, rows: measured };
  writeFileSync(values.json, `${JSON.stringify(all, undefined, 2)}\n`);
}
