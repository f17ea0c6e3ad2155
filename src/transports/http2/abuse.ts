import type { ErrorCode } from "./error-code.js";

/** What peers may do so often, at most, before they are taken to mean harm. Every tick they are allowed some more. */
const BUDGETS = {
  /** Streams that end before their answer: resets by the peer, and errors of the peer's that this end had to reset (rapid reset, CVE-2023-44487; MadeYouReset, CVE-2025-8671). */
  resets: { burst: 400, perSecond: 200 },
  /** Frames that ask for an answer: PING and SETTINGS (CVE-2019-9512, CVE-2019-9515). */
  echoes: { burst: 1000, perSecond: 200 },
  /** Frames that carry nothing: empty DATA without an end, WINDOW_UPDATE of nothing much, PRIORITY, types not known (CVE-2019-9518). */
  empties: { burst: 4000, perSecond: 2000 },
} as const;

/** What is counted. */
export type Harm = keyof typeof BUDGETS;

/** Counts what only costs, for one connection. */
export class AbuseGuard {
  readonly #left: Record<Harm, number> = {
    resets: BUDGETS.resets.burst,
    echoes: BUDGETS.echoes.burst,
    empties: BUDGETS.empties.burst,
  };

  /** Counts one; an error: the peer has done it too often, and the connection is to end. */
  count(harm: Harm): ErrorCode | undefined {
    this.#left[harm] -= 1;
    return this.#left[harm] < 0 ? "ENHANCE_YOUR_CALM" : undefined;
  }

  /** A call was answered: what peers may do grows with what they do in earnest. */
  earned(): void {
    if (this.#left.resets < BUDGETS.resets.burst) this.#left.resets += 1;
  }

  /** Time passes. */
  tick(elapsedMs: number): void {
    for (const harm of ["resets", "echoes", "empties"] as const) {
      const { burst, perSecond } = BUDGETS[harm];
      this.#left[harm] = Math.min(burst, this.#left[harm] + (perSecond * elapsedMs) / 1000);
    }
  }
}
