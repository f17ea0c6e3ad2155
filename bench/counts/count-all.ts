import { execFile } from "node:child_process";
import { availableParallelism } from "node:os";
import { promisify } from "node:util";
import type { Case } from "./cases.js";
import { compiled } from "./compiled.js";
import type { Counts } from "./counts.js";

/** Processes at once. What they count does not depend on it. */
const MOST_AT_ONCE = 4;
const PATIENCE_MS = 60_000;

/**
 * The same code at the same time: nothing is compiled beside the program, nothing is collected while it counts, and what depends on chance depends on
 * the same chance.
 */
const FLAGS: readonly string[] = [
  "--single-threaded",
  "--min-semi-space-size=256",
  "--max-semi-space-size=256",
  "--hash-seed=1",
  "--random-seed=1",
];

/** Compiles the sources and counts cases, each in a process of its own. Rejects where one fails, with what its process said. */
export async function countAll(cases: readonly Case[]): Promise<ReadonlyMap<string, Counts>> {
  const script = compiled("case-process.js");
  // Each has its place before it is counted, so that the order is that of the cases.
  const counted = new Map<string, Counts | undefined>(cases.map(({ name }) => [name, undefined]));
  const left = cases.map(({ name }) => name);
  const worker = async (): Promise<void> => {
    for (let name = left.shift(); name !== undefined; name = left.shift()) counted.set(name, await count(script, name));
  };
  await Promise.all(Array.from({ length: Math.min(MOST_AT_ONCE, availableParallelism()) }, worker));
  return counted as ReadonlyMap<string, Counts>; // all of them have been counted
}

async function count(script: string, name: string): Promise<Counts> {
  const { stdout } = await promisify(execFile)(process.execPath, [...FLAGS, script, name], { timeout: PATIENCE_MS });
  return JSON.parse(stdout) as Counts; // what case-process.ts writes
}
