// Measures what is named on the command line, or everything, and prints tables; the whole run writes the report. README.md says what the columns mean.
import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { compile } from "./compile.js";
import { hasFailed, measureParts } from "./measure-parts.js";
import { type Options, readOptions, USAGE } from "./options.js";
import { planned } from "./plan.js";
import { thisMachine, versions } from "./report/machine.js";
import type { Measured, Results } from "./report/measured.js";
import { failuresOf } from "./report/page.js";
import { merged, readResults, writeResults } from "./report/result-file.js";
import { alignTable, tableOf } from "./report/table.js";
import { RESULTS_FILE, writeReport } from "./report/write-report.js";

const root = join(import.meta.dirname, "..");
/** What a whole run has measured so far; git ignores it. */
const UNFINISHED = join(root, ".tools/bench/unfinished.json");

/** Load average for each core above which other programs are at work; a benchmark that has just ended leaves one of 1. */
const MOST_LOAD = 1.5;

const say = (line: string): void => console.error(line);

/** Lets a person know when the built package is missing or older than its sources: the figures would be of something else. */
function checkBuild(): void {
  const newest = (folder: string, ending: string): number => {
    const names = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" });
    return Math.max(
      0,
      ...names.filter((name) => name.endsWith(ending)).map((name) => statSync(join(root, folder, name)).mtimeMs),
    );
  };
  if (!existsSync(join(root, "dist"))) say('Warning: There is no built package in dist/. Run "npm run build" first.');
  else if (newest("dist", ".js") < newest("src", ".ts"))
    say('Warning: src/ is newer than dist/. Run "npm run build" first.');
}

/** Says whether other programs keep the machine busy, and lets a person know: figures are a rehearsal then. */
function isBusy(): boolean {
  const [load = 0] = loadavg();
  if (load <= MOST_LOAD * cpus().length) return false;
  say(`Warning: The load is ${load.toFixed(1)} on ${cpus().length} cores, so these figures are marked as a rehearsal.`);
  return true;
}

/** Makes the documents from results that are there. */
function render(): void {
  const results = readResults(RESULTS_FILE);
  if (results === undefined) throw new Error(`There are no results in ${RESULTS_FILE}: run npm run bench first.`);
  say(`Wrote ${writeReport(results).join(", ")}.`);
}

function print(measured: Measured): void {
  const { group, title, about, node, how, rows } = measured;
  console.log(`\n${group.title}, ${title}: ${about}\nNode ${node.replace("v", "")}, ${how}.\n`);
  if (rows.length > 0) console.log(alignTable(tableOf([measured])));
  for (const line of failuresOf(measured)) console.log(`  ${line}`);
}

async function main(options: Options): Promise<void> {
  checkBuild();
  const busy = isBusy();
  const parts = planned(options, { built: compile(), say }).map((part) => (busy ? { ...part, rehearsal: true } : part));
  const found = { machine: thisMachine(), versions: versions() };
  const saved = options.whole && options.write;
  const done: Measured[] = [];
  if (options.resume) done.push(...(readResults(UNFINISHED)?.measured ?? []));
  const measured = await measureParts(parts, {
    done: [...done],
    progress: say,
    measured: (one) => {
      print(one);
      done.push(one);
      if (saved) writeResults(UNFINISHED, { ...found, measured: merged([], done) });
    },
  });
  if (options.json !== undefined)
    writeFileSync(options.json, `${JSON.stringify({ ...found, measured }, undefined, 2)}\n`);
  if (options.write) {
    const old = options.whole ? [] : (readResults(RESULTS_FILE)?.measured ?? []);
    const results: Results = { ...found, measured: merged(old, measured) };
    writeResults(RESULTS_FILE, results);
    say(`Wrote ${writeReport(results).join(", ")}.`);
  }
  const failures = measured.filter(hasFailed);
  if (failures.length === 0) {
    if (saved) rmSync(UNFINISHED, { force: true });
    return;
  }
  say(`Something failed in: ${failures.map(({ id }) => id).join("; ")}.`);
  if (saved) say("The same command with --resume measures only that again.");
  process.exitCode = 1;
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
    if (options.render) render();
    else await main(options);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
