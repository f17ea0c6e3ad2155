/** When a peer is asked for a sign of life, and given up. Milliseconds, `Infinity` for never. */
export interface KeepaliveTimes {
  /** A peer that has been silent for so long is asked. */
  readonly silenceMs: number;
  /** It is lost where nothing comes for so long after that. */
  readonly answerMs: number;
  /** It is asked while no calls are open, too. */
  readonly withoutCalls: boolean;
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

  constructor(times: KeepaliveTimes) {
    this.times = times;
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

  /**
   * Time passes: `silentMs` of it without a word of the peer's, of which this process was awake for `awakeMs`, and could have heard an answer.
   * `open`: calls are open.
   */
  tick(
    { silentMs, awakeMs }: { readonly silentMs: number; readonly awakeMs: number },
    open: boolean,
  ): KeepaliveVerdict {
    this.silentMs += silentMs;
    if (this.#waitedMs >= 0) {
      this.#waitedMs += awakeMs;
      return this.#waitedMs < this.times.answerMs ? undefined : "lost";
    }
    if (this.silentMs < this.times.silenceMs || !(open || this.times.withoutCalls)) return undefined;
    this.#waitedMs = 0;
    return "ask";
  }
}
