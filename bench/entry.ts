import type { Tool } from "./tool.js";

/** How the load is spread: `inflight` calls are under way at any time, shared evenly by `connections` connections. */
export interface Cell {
  readonly connections: number;
  readonly inflight: number;
  /** Bytes of the payload; 20 unless said. */
  readonly bytes?: number;
  /**
   * Calls begun a second, whether or not others have been answered, in place of `inflight`. Latencies are counted from when a call
   * was due, so that a server which stalls cannot hide it. For client modules only, whose process never sleeps then: its CPU time says nothing.
   */
  readonly rate?: number;
}

/**
 * One server under one client. Both are modules, named by their path in bench/ without an extension; a server module exports
 * `start` (see `StartServer`), a client module exports `open` (see `OpenClient`). A tool may stand in the client's place.
 */
export interface Competitor {
  /** What the table calls it; `--only` selects by it. */
  readonly name: string;
  readonly server: string;
  readonly client: string | Tool;
  /**
   * Makes ready what it needs and npm does not bring, before anything is measured. A sentence says what to install, and
   * leaves the competitor out.
   */
  readonly prepare?: () => string | undefined;
}

/** What is compared, and under which loads. */
export interface Comparison {
  readonly name: string;
  readonly about: string;
  /** The end whose CPU time is compared; `both` is the sum of the two. */
  readonly judged: "server" | "client" | "both";
  /** In place of the entry's. */
  readonly cells?: readonly Cell[];
  /** What rates and CPU times are shown per, and how many of it a call moves; calls unless said. */
  readonly unit?: { readonly name: string; readonly perCall: number };
  /** The others are divided by `callwire`, or by the first one where it is not among them. A pair that occurs in several comparisons runs once a round. */
  readonly competitors: readonly Competitor[];
}

/** One benchmark: what is compared with what. Each is a file in bench/entries/. */
export interface Entry {
  readonly name: string;
  /** Its heading in the report. */
  readonly title: string;
  /** One sentence for the head of the report. */
  readonly about: string;
  /** The first one is all that quick runs and other versions of Node have. */
  readonly cells: readonly Cell[];
  /** Seconds of load before the measured window where nothing else is asked for; 3 unless said. */
  readonly warmup?: number;
  readonly comparisons: readonly Comparison[];
}
