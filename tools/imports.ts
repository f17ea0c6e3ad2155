import type { Source } from "./source.js";

/** One import or re-export of a file. */
export interface Import {
  /** What is imported, as written between the quotes. */
  readonly from: string;
  /** True for `import type` and `export type`, which leave nothing behind at run time. */
  readonly typeOnly: boolean;
  readonly index: number;
}

const NAMES = String.raw`(?:\*(?:\s*as\s+[\w$]+)?|\{[^}]*\}|[\w$]+(?:\s*,\s*(?:\{[^}]*\}|\*\s*as\s+[\w$]+))?)`;
const STATEMENT = new RegExp(
  String.raw`(?<![.\w$])(?:import|export)\b\s*(?<type>type\s+(?!from\s*["']))?(?:${NAMES}\s*from\s*)?(?<quote>["'])`,
  "g",
);
const DYNAMIC = /(?<![.\w$])(?:import|require)\s*\(\s*(?<quote>["'`])/g;

/** Every import of a file that names its target: statements, re-exports, and `import("…")`. */
export function imports(source: Source): readonly Import[] {
  return [...source.code.matchAll(STATEMENT), ...source.code.matchAll(DYNAMIC)]
    .map((found) => {
      const start = found.index + found[0].length;
      const end = source.code.indexOf(found.groups?.quote ?? '"', start);
      return {
        from: source.text.slice(start, end),
        typeOnly: found.groups?.type !== undefined,
        index: found.index,
      };
    })
    .toSorted((a, b) => a.index - b.index);
}
