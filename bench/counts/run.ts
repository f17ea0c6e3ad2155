// Counts what noise does not move, and compares it with bounds.json: npm run bench:check -- [WORD…] [--write | --where]
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readBounds, writeBounds } from "./bounds-file.js";
import { type Case, CASES } from "./cases.js";
import { allocatorsOf, countAll } from "./count-all.js";
import type { Counts } from "./counts.js";
import { boundsFor, judge } from "./judge.js";
import { countsTable } from "./table.js";

const PATH = join(import.meta.dirname, "bounds.json");
const WAY_OUT = `Find what makes the difference: npm run bench:check -- --where WORD… names the functions that allocate in the cases with these words in their names. Where it is worth it, record the new figures, and say why where you change them:
npm run bench:check -- --write`;

function chosen(words: readonly string[]): readonly Case[] {
  const cases = CASES.filter(({ name }) => words.every((word) => name.includes(word)));
  if (cases.length > 0) return cases;
  throw new Error(
    `No case has "${words.join('" and "')}" in its name. They are:\n${CASES.map(({ name }) => name).join("\n")}`,
  );
}

/** Bounds of what was counted now in place of those there were; cases that are no more are left out. */
function write(counted: ReadonlyMap<string, Counts>, node: number): void {
  const { bounds: former } = readBounds(readFileSync(PATH, "utf8"));
  const bounds = Object.fromEntries(
    CASES.flatMap(({ name }) => {
      const counts = counted.get(name);
      const bound = counts === undefined ? former[name] : boundsFor(counts, name);
      return bound === undefined ? [] : [[name, bound] as const];
    }),
  );
  writeFileSync(PATH, writeBounds({ node, bounds }));
  console.log(`\nRecorded the bounds of ${counted.size} cases in ${PATH}.`);
}

function check(counted: ReadonlyMap<string, Counts>): void {
  const { breaches, loose } = judge(counted, readBounds(readFileSync(PATH, "utf8")).bounds);
  if (loose.length > 0)
    console.log(
      `\nThese bounds could be lower by more than a tenth: keep the gain with "npm run bench:check -- --write".`,
    );
  for (const line of loose) console.log(`  ${line}`);
  if (breaches.length > 0) {
    console.log(`\nMore than the bounds allow:`);
    for (const line of breaches) console.log(`  ${line}`);
    console.log(WAY_OUT);
    process.exitCode = 1;
  } else console.log(`\nAll ${counted.size} cases are within their bounds.`);
}

/** So many functions are named, at the most. */
const NAMED = 25;

async function tellWhere(cases: readonly Case[]): Promise<void> {
  for (const [name, allocators] of await allocatorsOf(cases)) {
    const sorted = allocators.toSorted(([, one], [, other]) => other - one).slice(0, NAMED);
    const lines = sorted.map(([at, bytes]) => `  ${bytes.toFixed(0).padStart(6)}  ${at}`);
    console.log(`${name}: bytes on the heap, by the function that allocates them\n${lines.join("\n")}\n`);
  }
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { write: { type: "boolean" }, where: { type: "boolean" } },
    allowPositionals: true,
  });
  if (values.where === true) {
    await tellWhere(chosen(positionals));
    return;
  }
  const { node } = readBounds(readFileSync(PATH, "utf8"));
  const here = Number(process.versions.node.split(".")[0]);
  if (values.write === true && here !== node)
    throw new Error(`The bounds are for Node ${node}, and this is Node ${process.versions.node}: record them there.`);
  const counted = await countAll(chosen(positionals));
  console.log(countsTable(counted));
  if (values.write === true) write(counted, node);
  else if (here === node) check(counted);
  else
    console.log(
      `\nNothing is judged: the bounds are for Node ${node}, and Node ${process.versions.node} counts otherwise.`,
    );
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
