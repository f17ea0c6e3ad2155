import { COUNT_KINDS, COUNT_NAMES, type Counts, shown } from "./counts.js";

/** What was counted, as an aligned table. */
export function countsTable(counted: ReadonlyMap<string, Counts>): string {
  const lines = [
    ["per call, or per message of a stream", ...COUNT_NAMES.map((count) => COUNT_KINDS[count].title)],
    ...[...counted].map(([name, counts]) => [name, ...COUNT_NAMES.map((count) => shown(count, counts[count]))]),
  ];
  const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const pad = (text: string, column: number): string =>
    column === 0 ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0);
  return lines.map((line) => `  ${line.map(pad).join("  ")}`).join("\n");
}
