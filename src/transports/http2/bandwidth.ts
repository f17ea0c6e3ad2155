/** A new measurement of the delay counts for so much against those before. */
const FRESHNESS = 0.1;
/** The first measurements of the delay are averaged evenly. */
const FIRST_SAMPLES = 10;
/** A window is too small where so much of it is in flight at once. */
const NEARLY_FULL = 2 / 3;
/** A window that is too small becomes so many times what is in flight. */
const GROWTH = 2;

/**
 * Finds the window that keeps a connection busy: the product of bandwidth and delay, measured as the bytes that come between a PING and its
 * answer. It grows only while more bytes in flight mean more bytes a second; after that they only wait in queues on the way.
 */
export class Bandwidth {
  /** What the window should be, in bytes. */
  window: number;
  /** A PING is on its way. */
  measuring: boolean = false;
  /** Bytes that came since it left. */
  #bytes = 0;
  #since = 0;
  /** The delay in milliseconds, smoothed, and of how many measurements. */
  #delay = 0;
  #samples = 0;
  /** The most bytes a millisecond so far. */
  #most = 0;
  readonly #largest: number;

  constructor(window: number, largest: number) {
    this.window = window;
    this.#largest = largest;
  }

  /** Whether a measurement can still change anything. */
  get done(): boolean {
    return this.window >= this.#largest;
  }

  /** A PING leaves. */
  begin(nowMs: number): void {
    this.measuring = true;
    this.#bytes = 0;
    this.#since = nowMs;
  }

  /** So many bytes came. */
  came(bytes: number): void {
    this.#bytes += bytes;
  }

  /** The PING was answered. True: the window has become larger. */
  end(nowMs: number): boolean {
    this.measuring = false;
    const delay = nowMs - this.#since;
    this.#samples += 1;
    const share = this.#samples <= FIRST_SAMPLES ? 1 / this.#samples : FRESHNESS;
    this.#delay += (delay - this.#delay) * share;
    if (this.#bytes < this.window * NEARLY_FULL || this.done) return false;
    // Without a clock that is finer than the delay there is nothing to compare: the window follows what is in flight.
    if (this.#delay > 0) {
      const bandwidth = this.#bytes / this.#delay;
      if (bandwidth < this.#most) return false;
      this.#most = bandwidth;
    }
    this.window = Math.min(this.#largest, Math.max(this.window, this.#bytes * GROWTH));
    return true;
  }
}
