// Runs the benchmarks named on the command line and prints their tables. README.md says what the columns mean.
import { readdirSync, statSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { canPin } from "./child.js";
import { compile } from "./compile.js";
import { baidu } from "./entries/baidu.js";
import { connect } from "./entries/connect.js";
import { frame } from "./entries/frame.js";
import { grpcStreams } from "./entries/grpc-streams.js";
import { grpc } from "./entries/grpc.js";
import { jsonrpc } from "./entries/jsonrpc.js";
import { xmlrpc } from "./entries/xmlrpc.js";
import type { Entry } from "./entry.js";
import { runEntry, WARMUP_SECONDS } from "./harness.js";
import { readOptions, USAGE, type Options } from "./options.js";
import { prepared } from "./prepared.js";
import { makeRows, renderTables } from "./report.js";

const ENTRIES: readonly Entry[] = [frame, grpc, grpcStreams, connect, jsonrpc, xmlrpc, baidu];

/** Lets a person know when the built package is missing or older than its sources: the figures would be of something else. */
function checkBuild(): void {
  const root = join(import.meta.dirname, "..");
  const newest = (folder: string, ending: string): number => {
    const names = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" });
    return Math.max(
      0,
      ...names.filter((name) => name.endsWith(ending)).map((name) => statSync(join(root, folder, name)).mtimeMs),
    );
  };
  try {
    if (newest("dist", ".js") < newest("src", ".ts"))
      console.error('Warning: src/ is newer than dist/. Run "npm run build" first.');
  } catch {
    console.error('Warning: There is no built package in dist/. Run "npm run build" first.');
  }
}

async function main(options: Options): Promise<void> {
  const unknown = options.entries.find((name) => !ENTRIES.some((entry) => entry.name === name));
  if (unknown !== undefined) {
    throw new Error(`There is no entry "${unknown}"; there is ${ENTRIES.map((entry) => entry.name).join(", ")}.`);
  }
  const chosen = ENTRIES.filter(({ name }) => options.entries.length === 0 || options.entries.includes(name))
    .map(options.narrow)
    .map((entry) => prepared(entry, (line) => console.error(line)))
    .filter(({ comparisons }) => comparisons.length > 0);
  checkBuild();
  const built = compile();
  const machine = { node: process.version, cpu: cpus()[0]?.model ?? "unknown", cores: cpus().length, pinned: canPin() };
  const { seconds, warmup, rounds } = options;
  const reports = [];
  for (const entry of chosen) {
    const warm = warmup ?? entry.warmup ?? WARMUP_SECONDS;
    const results = await runEntry(entry, { seconds, warmup, rounds, built, progress: (line) => console.error(line) });
    const rows = makeRows(entry, results);
    console.log(`\n${entry.name}: ${entry.about}`);
    console.log(
      `Node ${machine.node}, ${machine.cores} × ${machine.cpu}, ${machine.pinned ? "a core each" : "not pinned"};`,
    );
    console.log(`medians of ${rounds} rounds of ${seconds} s after ${warm} s of warm-up; CPU in µs.\n`);
    console.log(renderTables(entry, rows));
    reports.push({ entry: entry.name, about: entry.about, warmup: warm, rows });
  }
  if (options.json !== undefined) {
    const all = { date: new Date().toISOString(), machine, seconds, rounds, reports };
    writeFileSync(options.json, `${JSON.stringify(all, undefined, 2)}\n`);
  }
}

let options: Options | undefined;
try {
  options = readOptions(process.argv.slice(2));
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  process.exitCode = 2;
}
if (options !== undefined) {
  try {
    await main(options);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
