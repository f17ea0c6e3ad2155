import { place, sources } from "./source.js";
import type { Source } from "./source.js";

/** Import and export lists rename with `as`; mapped types rename keys with it. Neither is a cast. */
const RENAMES = /(?<![.\w$])(?:import|export)\b\s*(?:type\s+)?(?:[\w$]+\s*,\s*)?(?:\{[^}]*\}|\*\s*as\s+[\w$]+)/g;
const MAPPED_KEY = /\[\s*[\w$]+\s+in\s[^\]]*?\sas\s/g;
const CAST = /(?<=[\w$)\]}"'`>!]\s+)as\s+(?!const\b)(?=[\w$({["'`])/g;
/** A line comment that says something; orders to a linter are no reason. */
const REASON = /\/\/(?!\s*(?:oxlint|eslint|@ts)-)\s*\w/;

/** Every `as` cast in src without a reason in a line comment beside it or right above it, as sentences. */
export function casts(root: string): readonly string[] {
  return sources(root, "src").flatMap((source) => {
    const notes = source.notes.split("\n");
    const code = source.code.replace(RENAMES, blank).replace(MAPPED_KEY, blank);
    return [...code.matchAll(CAST)]
      .filter((found) => !hasReason(notes, source, found.index))
      .map((found) => `Cast without a reason: ${place(source, found.index)}. Say why it holds in a // comment there.`);
  });
}

function hasReason(notes: readonly string[], source: Source, index: number): boolean {
  const line = source.text.slice(0, index).split("\n").length - 1;
  const above = (source.code.split("\n")[line - 1] ?? "").trim() === "" ? (notes[line - 1] ?? "") : "";
  return REASON.test(notes[line] ?? "") || REASON.test(above);
}

function blank(text: string): string {
  return text.replace(/[^\n]/g, " ");
}
