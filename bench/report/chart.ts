import { figure } from "./figures.js";
import type { Measured } from "./measured.js";
import { medianFigure, ratioOf, timesOf } from "./median.js";

/** One bar. */
export interface Bar {
  readonly name: string;
  readonly value: number;
  /** The value in words, with its ratio to the base's. */
  readonly label: string;
  /** One whom the others are compared with. */
  readonly base: boolean;
}

/** Bars that share an axis. */
export interface Panel {
  readonly title: string;
  readonly bars: readonly Bar[];
}

/** What a chart of some comparisons shows: a panel for each load, a bar for each competitor who has a figure. */
export function panelsOf(measured: readonly Measured[]): readonly Panel[] {
  return measured.flatMap((one) => {
    const loads = one.charted ?? [...new Set(one.rows.map(({ load }) => load))];
    return loads.map((load) => panel(one, load)).filter(({ bars }) => bars.length > 0);
  });
}

function panel(measured: Measured, load: string): Panel {
  const { title, judged, unit, base } = measured;
  const shown = figure(judged);
  const rows = measured.rows
    .filter((row) => row.load === load)
    .map((row) => ({ name: row.competitor, value: medianFigure(row, judged), ratio: ratioOf(row, measured) }))
    .filter(({ value }) => !Number.isNaN(value));
  const less = shown.more === true ? "more is better" : "less is better";
  const per = /CPU/u.test(shown.title(unit)) ? ` per ${unit}` : "";
  return {
    title: `${title}, ${load}: ${shown.title(unit)}${per} (${less})`,
    bars: rows.map(({ name, value, ratio }) => {
      const beside = name === base || Number.isNaN(ratio) ? "" : ` (${timesOf(ratio)})`;
      return { name, value, label: `${shown.show(value)}${beside}`, base: name === base };
    }),
  };
}
