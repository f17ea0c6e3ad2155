/** How often a client may ask for a sign of life. */
export interface PingRules {
  /** Milliseconds between two PINGs while calls are open. */
  readonly minTimeMs: number;
  /** The same holds while none are; else it is two hours, as often as TCP would ask. */
  readonly withoutCalls: boolean;
}

/** RFC 1122 §4.2.3.6: TCP's own keepalive asks no more often. */
const WITHOUT_CALLS_MS = 7_200_000;
/** So many PINGs may come too early. */
const MOST_STRIKES = 2;

/**
 * Counts the PINGs of a client that come too early (gRPC proposal A8). Whoever is sent HEADERS or DATA may send a PING at once: it measures how fast
 * they came.
 */
export class PingStrikes {
  readonly #rules: PingRules;
  /** When the last PING came that was not too early. */
  #validAt = Number.NEGATIVE_INFINITY;
  #strikes = 0;

  constructor(rules: PingRules) {
    this.#rules = rules;
  }

  /** A PING came at a time. True: one too many came too early, and the connection is to end. */
  came(nowMs: number, open: boolean): boolean {
    const { minTimeMs, withoutCalls } = this.#rules;
    const apart = open || withoutCalls ? minTimeMs : WITHOUT_CALLS_MS;
    if (nowMs - this.#validAt >= apart) {
      this.#validAt = nowMs;
      return false;
    }
    this.#strikes += 1;
    return this.#strikes > MOST_STRIKES;
  }

  /** HEADERS or DATA were sent. */
  forgive(): void {
    this.#strikes = 0;
    this.#validAt = Number.NEGATIVE_INFINITY;
  }
}
