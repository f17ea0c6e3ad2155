/** When a peer is asked for a sign of life, and given up. Milliseconds, `Infinity` for never; read each time. */
export interface KeepaliveTimes {
  /** A peer that has been silent for so long is asked. */
  readonly silenceMs: number;
  /** It is lost where nothing comes for so long after that. */
  readonly answerMs: number;
  /** It is asked while no calls are open, too. */
  readonly withoutCalls: boolean;
  /** Milliseconds of a clock that goes on while the machine sleeps: `Date.now`. Without it, silence is counted in ticks alone. */
  readonly wallNow?: (() => number) | undefined;
}

/** What is to be done after some time has passed. */
export type KeepaliveVerdict = "ask" | "lost" | undefined;

/**
 * Watches over a peer that may be gone without a word: no FIN, no reset (gRPC proposals A8 and A9). Time is what `tick` is told; any byte
 * that comes is a sign of life.
 */
export class Keepalive {
  readonly times: KeepaliveTimes;
  /** Milliseconds since something came. */
  silentMs: number = 0;
  /** Milliseconds since the peer was asked; below 0: it has not been. */
  #waitedMs = -1;
  #wallAt: number;

  constructor(times: KeepaliveTimes) {
    this.times = times;
    this.#wallAt = times.wallNow?.() ?? 0;
  }

  /** The peer has been asked and has not answered. */
  get asked(): boolean {
    return this.#waitedMs >= 0;
  }

  /** The peer is asked now, on somebody's wish: it has to answer. */
  ask(): void {
    this.#waitedMs = 0;
  }

  /** Something came. */
  heard(): void {
    this.silentMs = 0;
    this.#waitedMs = -1;
  }

  /** Time passes, in which this process was awake for `elapsedMs`. `open`: calls are open. */
  tick(elapsedMs: number, open: boolean): KeepaliveVerdict {
    const now = this.times.wallNow?.() ?? this.#wallAt;
    // While the machine slept nothing was heard; but an answer is only waited for while it can be heard.
    this.silentMs += Math.max(elapsedMs, now - this.#wallAt);
    this.#wallAt = now;
    if (this.#waitedMs >= 0) {
      this.#waitedMs += elapsedMs;
      return this.#waitedMs < this.times.answerMs ? undefined : "lost";
    }
    if (this.silentMs < this.times.silenceMs || !(open || this.times.withoutCalls)) return undefined;
    this.#waitedMs = 0;
    return "ask";
  }
}
