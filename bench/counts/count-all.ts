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
  return await inProcesses<Counts>(cases, []);
}

/** Finds out in the same way which functions allocate how much: bytes per call or message, by function and line. */
export async function allocatorsOf(
  cases: readonly Case[],
): Promise<ReadonlyMap<string, readonly (readonly [at: string, bytes: number])[]>> {
  return await inProcesses<readonly [string, number][]>(cases, ["where"]);
}

/** What the process of each case says, in the order of the cases. */
async function inProcesses<T>(cases: readonly Case[], args: readonly string[]): Promise<ReadonlyMap<string, T>> {
  const script = compiled("case-process.js");
  const found = new Map<string, T>();
  const left = [...cases];
  const worker = async (): Promise<void> => {
    for (let one = left.shift(); one !== undefined; one = left.shift()) {
      const command = [...FLAGS, script, one.name, ...args];
      const { stdout } = await promisify(execFile)(process.execPath, command, { timeout: PATIENCE_MS });
      found.set(one.name, JSON.parse(stdout) as T); // what case-process.ts writes
    }
  };
  await Promise.all(Array.from({ length: Math.min(MOST_AT_ONCE, availableParallelism()) }, worker));
  const order = cases.map(({ name }) => name);
  return new Map([...found].toSorted(([one], [other]) => order.indexOf(one) - order.indexOf(other)));
}
