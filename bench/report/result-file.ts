import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Measured, Results } from "./measured.js";

/** What is there, or undefined; fails with what to do where it cannot be read. */
export function readResults(path: string): Results | undefined {
  if (!existsSync(path)) return undefined;
  try {
    const read = JSON.parse(readFileSync(path, "utf8")) as Results; // it was written by writeResults
    if (Array.isArray(read.measured)) return read;
  } catch {
    // It is no JSON.
  }
  throw new Error(`"${path}" holds no results. Remove it, and measure again.`);
}

/** Writes them; who is interrupted leaves the old file whole. */
export function writeResults(path: string, results: Results): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.new`, `${json(results)}\n`);
  renameSync(`${path}.new`, path);
}

/** Puts new results in the place of old ones with the same id; others stay, and what is new to them comes last. */
export function merged(old: readonly Measured[], fresh: readonly Measured[]): readonly Measured[] {
  const byId = new Map([...old, ...fresh].map((one) => [one.id, one]));
  return [...byId.values()];
}

/** The rounds of a figure stand on one line. */
function json(results: Results): string {
  return JSON.stringify(results, undefined, 1).replaceAll(/\[\s+([-\d.e+,\snul]+?)\s+\]/gu, (_, numbers: string) => {
    return `[${numbers.replaceAll(/\s+/gu, " ")}]`;
  });
}
