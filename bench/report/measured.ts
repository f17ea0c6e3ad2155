import type { FigureName } from "./figures.js";

/** One competitor under one load: what every round has shown, in order. */
export interface Sampled {
  readonly competitor: string;
  /** Rows are compared with those of the same load. */
  readonly load: string;
  /** A figure that a round did not tell is null. */
  readonly samples: { readonly [name in FigureName]?: readonly (number | null)[] };
  /** Why rounds are missing: what happened, as a sentence. */
  readonly failed?: string;
}

/** What stands under one heading of the report and has one chart. */
export interface Group {
  /** As on the command line; also the chart's file name. */
  readonly name: string;
  readonly title: string;
  readonly about: string;
}

/** A comparison that has been measured, raw. */
export interface Measured {
  /** Names it among the results; a new one with the same id takes its place. */
  readonly id: string;
  readonly group: Group;
  readonly title: string;
  readonly about: string;
  /** What measures just this again. */
  readonly command: string;
  /** Of the measured processes. */
  readonly node: string;
  /** When it was done, and how long it took in seconds. */
  readonly date: string;
  readonly took: number;
  /** Rounds and seconds, in words. */
  readonly how: string;
  /** Too short to be quoted. */
  readonly rehearsal: boolean;
  /** What rates and CPU times are per. */
  readonly unit: string;
  /** What is compared. */
  readonly judged: FigureName;
  /** The competitor by whom the others are divided. */
  readonly base: string;
  /** The loads that the chart shows; all unless said. */
  readonly charted?: readonly string[];
  readonly rows: readonly Sampled[];
  /** Sentences about who could not take part, and what to install. */
  readonly leftOut: readonly string[];
  /** Why there are no rows at all. */
  readonly failed?: string;
}

/** Where it was measured. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memory: string;
  readonly kernel: string;
  /** Whether server and load had a core each. */
  readonly pinned: boolean;
}

/** The whole file of results. */
export interface Results {
  readonly machine: Machine;
  /** What took part, by name. */
  readonly versions: Readonly<Record<string, string>>;
  readonly measured: readonly Measured[];
}
