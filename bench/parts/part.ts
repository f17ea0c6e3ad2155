import type { FigureName } from "../report/figures.js";
import type { Group, Measured, Sampled } from "../report/measured.js";

/** A program of node that runs what is measured. */
export interface NodeProgram {
  readonly path: string;
  /** `process.version` of it. */
  readonly version: string;
}

/** How parts are measured. Times are seconds. */
export interface Settings {
  readonly seconds: number;
  /** Undefined: what the entry says. */
  readonly warmup: number | undefined;
  readonly rounds: number;
  /** Only the first load of each comparison, and the least of everything else. */
  readonly brief: boolean;
  /** Too short to be quoted. */
  readonly rehearsal: boolean;
  readonly node: NodeProgram;
  /** Folder of the compiled benchmarks. */
  readonly built: string;
  /** Idle connections, where another number than the usual one is asked for. */
  readonly connections: number | undefined;
  /** Says whether a competitor was asked for by `--only`, or none was. */
  readonly wanted: (competitor: string) => boolean;
}

/** What measuring has come to. */
export interface Outcome {
  readonly rows: readonly Sampled[];
  /** See `Measured`. */
  readonly leftOut?: readonly string[];
}

/** One comparison, not yet measured: it is run by itself, and saved when it is done. */
export interface Part extends Pick<
  Measured,
  "id" | "group" | "title" | "about" | "command" | "how" | "unit" | "base" | "charted"
> {
  readonly node: NodeProgram;
  readonly judged: FigureName;
  readonly rehearsal: boolean;
  /** How long it takes, about; seconds. */
  readonly seconds: number;
  /** Measures it. `progress` is told what comes next. A competitor that fails is a row that says so. */
  readonly measure: (progress: (line: string) => void) => Promise<Outcome>;
}

/** The part's name among the results: a comparison is measured once with each major version of Node. */
export function partId(group: Group, title: string, node: NodeProgram): string {
  return `${group.name}/${title}, Node ${/\d+/u.exec(node.version)?.[0]}`;
}

/** A number with what it counts: 1 round, 3 rounds. */
export function counted(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}
