/** A window is too small where so much of it is in flight at once. */
const NEARLY_FULL = 2 / 3;
/** A window that is too small becomes so many times what is in flight. */
const GROWTH = 2;
/** More in flight has to bring so many times the bytes a second, or the way is full. */
const GAIN = 1.1;

/**
 * Finds the window that keeps a connection busy: the product of bandwidth and delay, measured as the bytes that come between a PING and its
 * answer. It grows only while more bytes in flight mean more bytes a second; after that they would only wait in queues on the way.
 */
export class Bandwidth {
  /** What the window should be, in bytes. */
  window: number;
  /** A PING is on its way. */
  measuring: boolean = false;
  /** Bytes that came since it left. */
  #bytes = 0;
  #since = 0;
  /** The most bytes a millisecond so far. */
  #most = 0;
  readonly #largest: number;

  constructor(window: number, largest: number) {
    this.window = window;
    this.#largest = largest;
  }

  /** No measurement can change anything any more. */
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
    if (this.done || this.#bytes < this.window * NEARLY_FULL) return false;
    const delay = nowMs - this.#since;
    // Without a clock that is finer than the delay there is nothing to compare: the window follows what is in flight.
    if (delay > 0) {
      const bandwidth = this.#bytes / delay;
      if (bandwidth < this.#most * GAIN) return false;
      this.#most = bandwidth;
    }
    this.window = Math.min(this.#largest, Math.max(this.window, this.#bytes * GROWTH));
    return true;
  }
}
