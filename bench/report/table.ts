import { figure, FIGURE_NAMES, type FigureName } from "./figures.js";
import type { Measured, Sampled } from "./measured.js";
import { medianFigure, ratioOf } from "./median.js";

/** A table as text; the columns before `words` are words, the others numbers. */
export interface Table {
  readonly words: number;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** What is not known. */
const NOTHING = "–";

/**
 * Makes one table of one comparison, measured with one or more versions of Node: medians over the rounds, the least and the
 * greatest of what is judged, and its ratio to the base's.
 */
export function tableOf(measured: readonly [Measured, ...Measured[]]): Table {
  const [first] = measured;
  const nodes = new Set(measured.map(({ node }) => node)).size > 1;
  const all = measured.flatMap(({ rows }) => rows);
  const names = FIGURE_NAMES.filter((name) => all.some((row) => !Number.isNaN(medianFigure(row, name))));
  const ranged = all.some((row) => (row.samples[first.judged] ?? []).length > 1);
  return {
    words: nodes ? 3 : 2,
    head: [
      ...(nodes ? ["Node"] : []),
      "load",
      "competitor",
      ...names.map((name) => figure(name).title(first.unit)),
      ...(ranged ? ["range"] : []),
      `÷ ${first.base}`,
    ],
    rows: measured.flatMap((one) =>
      one.rows.map((row) => [
        ...(nodes ? [one.node.replace("v", "")] : []),
        row.load,
        row.competitor,
        ...names.map((name) => shown(name, medianFigure(row, name))),
        ...(ranged ? [rangeOf(row, one.judged)] : []),
        known(ratioOf(row, one), (ratio) => ratio.toFixed(2)),
      ]),
    ),
  };
}

/** The table with its columns aligned by spaces, for a terminal. */
export function alignTable({ words, head, rows }: Table): string {
  const lines = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const pad = (text: string, column: number): string =>
    column < words ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0);
  return lines.map((line) => `  ${line.map(pad).join("  ")}`.trimEnd()).join("\n");
}

/** The table in Markdown. */
export function markdownTable({ words, head, rows }: Table): string {
  const rule = head.map((_, column) => (column < words ? "---" : "---:"));
  return [head, rule, ...rows].map((line) => `| ${line.join(" | ")} |`).join("\n");
}

function shown(name: FigureName, value: number): string {
  return known(value, figure(name).show);
}

function known(value: number, show: (value: number) => string): string {
  return Number.isNaN(value) ? NOTHING : show(value);
}

function rangeOf({ samples }: Sampled, name: FigureName): string {
  const values = (samples[name] ?? []).filter((value) => value !== null);
  if (values.length === 0) return NOTHING;
  return `${figure(name).show(Math.min(...values))}–${figure(name).show(Math.max(...values))}`;
}
