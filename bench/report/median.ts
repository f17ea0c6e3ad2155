import type { FigureName } from "./figures.js";
import type { Measured, Sampled } from "./measured.js";

/** The middle value, or the mean of the two middle ones; NaN of nothing. */
export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  const upper = sorted[half] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? Number.NaN) + upper) / 2;
}

/** The median of a figure over the rounds that told it; NaN where none did. */
export function medianFigure(row: Sampled, name: FigureName): number {
  return medianOf((row.samples[name] ?? []).filter((value) => value !== null));
}

/** A ratio in words: 1.15 ×, 12.1 ×, 79 ×. */
export function timesOf(ratio: number): string {
  return `${ratio.toFixed(ratio < 10 ? 2 : ratio < 30 ? 1 : 0)} ×`;
}

/** A row's judged median divided by that of the base under the same load: 2 is twice as much. NaN where either is missing. */
export function ratioOf(row: Sampled, { rows, base, judged }: Measured): number {
  const other = rows.find(({ competitor, load }) => competitor === base && load === row.load);
  return other === undefined ? Number.NaN : medianFigure(row, judged) / medianFigure(other, judged);
}
