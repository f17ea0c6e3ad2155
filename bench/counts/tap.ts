import type { Connection, Receiver } from "../../src/transports/connection.js";

/** What a read of a socket brings at the most; what has come is delivered in pieces of it. */
const READ_BYTES = 65_536;

/**
 * One end of a connection in memory that counts what leaves it. It takes all that is written at once, copied into an array which is there already, and
 * gives it to the far end when that is told to `deliver`: so whoever reads allocates nothing for it but what a socket's reader would.
 */
export class Tap implements Connection {
  readonly address = "tcp://127.0.0.1:1";
  readonly pending = 0;
  /** Bytes written, and writes, since it was made. */
  bytesOut = 0;
  writes = 0;
  /** The far end; set by `tapPair`. */
  peer: Tap | undefined = undefined;
  #receiver: Receiver | undefined = undefined;
  #inbox: Uint8Array = new Uint8Array(READ_BYTES);
  #waiting = 0;
  #paused = true;
  #over = false;

  start(receiver: Receiver): void {
    this.#receiver = receiver;
    this.#paused = false;
  }

  write(bytes: Uint8Array): boolean {
    this.writes += 1;
    this.bytesOut += bytes.length;
    this.peer?.take(bytes);
    return true;
  }

  /** Hands over all that has come, unless reading is paused. True: something was handed over. */
  deliver(): boolean {
    let at = 0;
    while (at < this.#waiting && !this.#paused && this.#receiver !== undefined) {
      const end = Math.min(this.#waiting, at + READ_BYTES);
      const chunk = this.#inbox.subarray(at, end);
      at = end;
      this.#receiver.data(chunk);
    }
    if (at === 0) return false;
    this.#inbox.copyWithin(0, at, this.#waiting);
    this.#waiting -= at;
    return true;
  }

  /** What the far end has written. */
  take(bytes: Uint8Array): void {
    const needed = this.#waiting + bytes.length;
    if (needed > this.#inbox.length) {
      const larger = new Uint8Array(needed * 2);
      larger.set(this.#inbox.subarray(0, this.#waiting));
      this.#inbox = larger;
    }
    this.#inbox.set(bytes, this.#waiting);
    this.#waiting = needed;
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
  }

  hold(): void {}

  end(): void {
    this.destroy();
  }

  destroy(error?: Error): void {
    if (this.#over) return;
    this.#over = true;
    setImmediate(() => this.#receiver?.close(error));
    this.peer?.destroy();
  }
}

/** Two ends of one connection. */
export function tapPair(): [Tap, Tap] {
  const one = new Tap();
  const other = new Tap();
  one.peer = other;
  other.peer = one;
  return [one, other];
}
