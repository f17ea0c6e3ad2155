import type { Server } from "callwire";
import type { Accounts } from "./ledger.js";
import type { Sample } from "./sample.js";
import type { Places } from "./targets.js";

/** How the server is. */
export interface ServerState {
  readonly sample: Sample;
  readonly counters: Server["counters"];
  /** Calls whose method runs; of models with workers nobody knows before their end. */
  readonly running: readonly string[];
  readonly logged: Readonly<Record<string, number>>;
  readonly failures: readonly string[];
}

/** How the load is. */
export interface LoadState {
  readonly sample: Sample;
  readonly accounts: Accounts;
  /** Calls that have not settled. */
  readonly open: readonly string[];
  /** Attacks, by their names. */
  readonly attacks: Readonly<Record<string, number>>;
  readonly failures: readonly string[];
}

/** What the load is to be. */
export interface LoadOrder {
  readonly places: Places;
  readonly seed: number;
  /** Who calls at once: rightly, over bad connections, and to do harm. */
  readonly steady: number;
  readonly flaky: number;
  readonly hostile: number;
  /** Clients live for a few calls only, with one connection: the model serves few connections at once. */
  readonly brief: boolean;
  /** The names of the targets; all where there are none. */
  readonly only: readonly string[];
}
