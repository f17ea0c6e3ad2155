import type { Http2Limits } from "./http2-limits.js";
import type { PingStrikes } from "./ping-strikes.js";

/** What there are budgets for. */
const HARMS = ["resets", "echoes", "empties"] as const;

/** What costs, and is allowed as long as it is not too much. */
export type Harm = (typeof HARMS)[number];

/**
 * What peers are cut off for, by the names under which it is counted: the budgets of Http2Limits, keepalive PINGs that come too early (`pings`),
 * header blocks that go on for too long (`blocks`), and peers who take too long to do what is due (`slow`).
 */
export const ABUSES = ["resets", "echoes", "empties", "pings", "blocks", "slow"] as const;

/** One kind of abuse. */
export type Abuse = (typeof ABUSES)[number];

/** Counts what only costs, for one connection. */
export class AbuseGuard {
  /** Judges keepalive PINGs, where there are rules for them. */
  readonly strikes: PingStrikes | undefined;
  readonly #budgets: Pick<Http2Limits, Harm>;
  readonly #left: Record<Harm, number>;

  constructor(budgets: Pick<Http2Limits, Harm>, strikes?: PingStrikes) {
    this.strikes = strikes;
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
    const { burst } = this.#budgets[harm];
    const left = this.#left[harm];
    if (left < burst) this.#left[harm] = Math.min(burst, left + times);
  }

  /** Time passes. */
  tick(elapsedMs: number): void {
    for (const harm of HARMS) {
      const { burst, perSecond } = this.#budgets[harm];
      this.#left[harm] = Math.min(burst, this.#left[harm] + (perSecond * elapsedMs) / 1000);
    }
  }
}
