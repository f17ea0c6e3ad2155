import { comparisonBlock, page, REHEARSAL } from "./page.js";
import type { Measured, Results } from "./measured.js";
import { readmeLines } from "./readme-lines.js";

/** Figures stand between these lines in pages that people write. */
const BEGIN = "<!-- figures -->";
const END = "<!-- end -->";

/** Reads a file by its path from the root of the repository. */
export type ReadDocument = (path: string) => string;

/** All pages that hold figures, by path, as they ought to be: what people wrote stays as `read` gives it. */
export function documents(results: Results, read: ReadDocument): ReadonlyMap<string, string> {
  const models = results.measured.find(({ group }) => group.name === "models");
  return new Map([
    ["docs/benchmarks.md", page(results)],
    ["README.md", filled(read("README.md"), readmeLines(results))],
    ...(models === undefined ? [] : [["docs/models.md", filled(read("docs/models.md"), modelsBlock(models))] as const]),
  ]);
}

function modelsBlock(models: Measured): string {
  return [...(models.rehearsal ? [REHEARSAL] : []), comparisonBlock([models])].join("\n\n");
}

/** A page with other text between its markers; fails where it has none. */
export function filled(text: string, figures: string): string {
  const from = text.indexOf(BEGIN);
  const to = text.indexOf(END, from);
  if (from < 0 || to < 0) throw new Error(`A page lacks its markers: figures go between "${BEGIN}" and "${END}".`);
  return `${text.slice(0, from + BEGIN.length)}\n${figures}\n${text.slice(to)}`;
}
