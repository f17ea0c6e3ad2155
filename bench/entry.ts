/** How the load is spread: `inflight` calls are under way at any time, shared evenly by `connections` connections. */
export interface Cell {
  readonly connections: number;
  readonly inflight: number;
}

/**
 * One server under one client. Both are modules, named by their path in bench/ without an extension; a server module exports
 * `start` (see `StartServer`), a client module exports `open` (see `OpenClient`).
 */
export interface Competitor {
  /** What the table calls it; `--only` selects by it. */
  readonly name: string;
  readonly server: string;
  readonly client: string;
}

/** One benchmark: what is compared with what, and under which loads. Each is a file in bench/entries/. */
export interface Entry {
  readonly name: string;
  /** One sentence for the head of the report. */
  readonly about: string;
  readonly cells: readonly Cell[];
  readonly comparisons: readonly {
    readonly name: string;
    readonly about: string;
    /** The end whose CPU time is compared; `both` is the sum of the two. */
    readonly judged: "server" | "client" | "both";
    /** The first one is what the others are divided by. A pair that occurs in several comparisons runs once a round. */
    readonly competitors: readonly Competitor[];
  }[];
}
