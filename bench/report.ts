import type { Cell, Comparison, Entry } from "./entry.js";
import type { Figures } from "./harness.js";
import { loadOf, roundsKey } from "./rounds-key.js";

type Judged = Comparison["judged"];

/** One line of the report: medians over the rounds, and how the judged CPU time compares. */
export interface Row {
  readonly comparison: string;
  readonly judged: Judged;
  readonly competitor: string;
  readonly cell: Cell;
  /** What the figures are per; latencies are of calls always. */
  readonly unit: string;
  readonly median: Figures;
  /** Judged CPU time of each round, microseconds per call. */
  readonly judgedRounds: readonly number[];
  /** Median judged CPU time divided by that of the first competitor: 2 means twice its CPU time. */
  readonly cpuRatio: number;
  /** Median calls per second divided by that of the first competitor. */
  readonly rateRatio: number;
  readonly rounds: readonly Figures[];
}

const CALLS = { name: "call", perCall: 1 };

/** Makes the rows of `entry` out of what `runEntry` gave back, in the order in which the entry lists them. */
export function makeRows(entry: Entry, results: ReadonlyMap<string, readonly Figures[]>): Row[] {
  const rows: Row[] = [];
  for (const comparison of entry.comparisons) {
    const { name, judged, competitors, cells = entry.cells, unit = CALLS } = comparison;
    for (const cell of cells) {
      let base: { cpu: number; rate: number } | undefined;
      for (const competitor of competitors) {
        const rounds = (results.get(roundsKey(cell, competitor)) ?? []).map((figures) => per(unit.perCall, figures));
        const median = medians(rounds);
        const judgedRounds = rounds.map((figures) => judgedCpu(figures, judged));
        const cpu = medianOf(judgedRounds);
        base ??= { cpu, rate: median.callsPerSecond };
        const ratios = { cpuRatio: cpu / base.cpu, rateRatio: median.callsPerSecond / base.rate };
        rows.push({
          comparison: name,
          judged,
          competitor: competitor.name,
          cell,
          unit: unit.name,
          median,
          judgedRounds,
          ...ratios,
          rounds,
        });
      }
    }
  }
  return rows;
}

/** The rows as text: one aligned table for each comparison, ready to print. */
export function renderTables(entry: Entry, rows: readonly Row[]): string {
  const blocks = entry.comparisons.map(({ name, about, judged, unit = CALLS }) => {
    const lines = rows.filter((row) => row.comparison === name).map(toCells);
    const judgedTitle = judged === "both" ? "both ends" : judged;
    const titles = [
      "load",
      "competitor",
      unit.name === unit.name.toUpperCase() ? `${unit.name}/s` : `${unit.name}s/s`,
      "p50 µs",
      "p99 µs",
      "server CPU",
      "client CPU",
      `${judgedTitle}, range`,
    ];
    return `${name}: ${about}\n${align([[...titles, "CPU ratio", "rate ratio"], ...lines])}`;
  });
  return `${blocks.join("\n\n")}\n`;
}

function toCells({ cell, competitor, median, judgedRounds, cpuRatio, rateRatio }: Row): string[] {
  return [
    loadOf(cell),
    competitor,
    Math.round(median.callsPerSecond).toLocaleString("en-US"),
    latency(median.p50),
    latency(median.p99),
    median.serverCpu.toFixed(2),
    median.clientCpu.toFixed(2),
    `${Math.min(...judgedRounds).toFixed(2)}–${Math.max(...judgedRounds).toFixed(2)}`,
    cpuRatio.toFixed(2),
    rateRatio.toFixed(2),
  ];
}

/** Tools tell no latencies. */
function latency(micros: number): string {
  return Number.isNaN(micros) ? "–" : micros.toFixed(0);
}

function per(perCall: number, figures: Figures): Figures {
  return {
    ...figures,
    callsPerSecond: figures.callsPerSecond * perCall,
    serverCpu: figures.serverCpu / perCall,
    clientCpu: figures.clientCpu / perCall,
  };
}

function align(lines: readonly (readonly string[])[]): string {
  const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const pad = (text: string, column: number): string =>
    column < 2 ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0);
  return lines.map((line) => `  ${line.map(pad).join("  ")}`).join("\n");
}

function medians(rounds: readonly Figures[]): Figures {
  const of = (key: keyof Figures): number => medianOf(rounds.map((figures) => figures[key]));
  return {
    callsPerSecond: of("callsPerSecond"),
    p50: of("p50"),
    p99: of("p99"),
    serverCpu: of("serverCpu"),
    clientCpu: of("clientCpu"),
  };
}

function judgedCpu(figures: Figures, judged: Judged): number {
  if (judged === "both") return figures.serverCpu + figures.clientCpu;
  return judged === "server" ? figures.serverCpu : figures.clientCpu;
}

/** The middle value, or the mean of the two middle ones; NaN of nothing. */
export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  const upper = sorted[half] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? Number.NaN) + upper) / 2;
}
