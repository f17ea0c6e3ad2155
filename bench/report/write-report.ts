import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { panelsOf } from "./chart.js";
import { documents } from "./documents.js";
import { draw } from "./draw.js";
import type { Results } from "./measured.js";

/** The root of the repository. */
const root = join(import.meta.dirname, "../..");
const charts = join(root, "docs/benchmarks");

/** Where the results are that the documents were made from. */
export const RESULTS_FILE: string = join(charts, "results.json");

/** Writes all pages and charts; gives back the paths of the pages. Charts of groups that are no longer there go. */
export function writeReport(results: Results): readonly string[] {
  const pages = documents(results, (path) => readFileSync(join(root, path), "utf8"));
  for (const [path, text] of pages) writeFileSync(join(root, path), text);
  mkdirSync(charts, { recursive: true });
  for (const name of readdirSync(charts).filter((file) => file.endsWith(".svg"))) rmSync(join(charts, name));
  for (const name of new Set(results.measured.map(({ group }) => group.name))) {
    const [first, ...rest] = results.measured.filter(({ group }) => group.name === name);
    if (first === undefined) continue;
    const same = [first, ...rest.filter(({ node }) => node === first.node)];
    writeFileSync(join(charts, `${name}.svg`), `${draw(panelsOf(same))}\n`);
  }
  return [...pages.keys()];
}
