import type { Http2Limits } from "./http2-limits.js";

/** What is counted. */
export type Harm = "resets" | "echoes" | "empties";

/** Counts what only costs, for one connection. */
export class AbuseGuard {
  readonly #budgets: Pick<Http2Limits, Harm>;
  readonly #left: Record<Harm, number>;

  constructor(budgets: Pick<Http2Limits, Harm>) {
    this.#budgets = budgets;
    const { resets, echoes, empties } = budgets;
    this.#left = { resets: resets.burst, echoes: echoes.burst, empties: empties.burst };
  }

  /** Counts one. True: the peer has done it too often, and the connection is to end. */
  exceeded(harm: Harm): boolean {
    this.#left[harm] -= 1;
    return this.#left[harm] < 0;
  }

  /** What peers may do grows with what they do in earnest: calls that were answered, data that was sent to them. */
  earned(harm: Harm, times: number = 1): void {
    this.#left[harm] = Math.min(this.#budgets[harm].burst, this.#left[harm] + times);
  }

  /** Time passes. */
  tick(elapsedMs: number): void {
    for (const harm of HARMS) {
      const { burst, perSecond } = this.#budgets[harm];
      this.#left[harm] = Math.min(burst, this.#left[harm] + (perSecond * elapsedMs) / 1000);
    }
  }
}

const HARMS = ["resets", "echoes", "empties"] as const;
