import type { Connection, Receiver } from "./connection.js";

/** How a pair of connections in memory behaves. */
export interface MemoryOptions {
  /** The longest chunk that is delivered, in bytes; without it as they were written. */
  readonly chunkBytes?: number;
  /** Bytes that fit between the ends before a writer has to wait, as in a system's socket buffer. */
  readonly bufferBytes?: number;
}

/** Two connections that are each other's far end, in this process. What is written arrives in a later turn, as on a network. */
export function memoryPair(options: MemoryOptions = {}): [Connection, Connection] {
  const one = new MemoryConnection(options);
  const other = new MemoryConnection(options);
  one.peer = other;
  other.peer = one;
  return [one, other];
}

class MemoryConnection implements Connection {
  readonly address = "memory://";
  peer: MemoryConnection | undefined = undefined;
  readonly #chunkBytes: number;
  readonly #bufferBytes: number;
  /** Bytes on their way to this end. */
  #arriving: Uint8Array[] = [];
  #inFlight = 0;
  #receiver: Receiver | undefined = undefined;
  #paused = true;
  #scheduled = false;
  /** The peer has ended; told after all bytes. */
  #peerEnded = false;
  #toldEnd = false;
  #ended = false;
  #closed = false;
  #error: Error | undefined = undefined;
  #waiting = false;

  constructor({ chunkBytes, bufferBytes }: MemoryOptions) {
    this.#chunkBytes = chunkBytes ?? Number.POSITIVE_INFINITY;
    this.#bufferBytes = bufferBytes ?? 65_536;
  }

  get pending(): number {
    return Math.max(0, (this.peer?.waitingBytes ?? 0) - this.#bufferBytes);
  }

  /** Bytes that are on their way to this end. */
  get waitingBytes(): number {
    return this.#inFlight;
  }

  start(receiver: Receiver): void {
    this.#receiver = receiver;
    this.resume();
  }

  write(bytes: Uint8Array): boolean {
    if (this.#closed || this.#ended || bytes.length === 0) return true;
    this.peer?.arrive(new Uint8Array(bytes));
    this.#waiting = this.pending > 0;
    return !this.#waiting;
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#schedule();
  }

  hold(): void {}

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.peer?.hearEnd();
    this.#schedule();
  }

  destroy(error?: Error): void {
    if (this.#closed) return;
    this.#close(error);
    this.peer?.hearReset();
  }

  arrive(bytes: Uint8Array): void {
    this.#arriving.push(bytes);
    this.#inFlight += bytes.length;
    this.#schedule();
  }

  hearEnd(): void {
    this.#peerEnded = true;
    this.#schedule();
  }

  hearReset(): void {
    setImmediate(() => this.#close(new Error("The peer reset the connection.")));
  }

  /** Room has come up at the far end. */
  hearRoom(): void {
    if (!this.#waiting || this.pending > 0) return;
    this.#waiting = false;
    this.#receiver?.drain();
  }

  #close(error?: Error): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#error = error;
    this.#arriving = [];
    this.#inFlight = 0;
    setImmediate(() => this.#receiver?.close(this.#error));
  }

  #schedule(): void {
    if (this.#scheduled || this.#paused || this.#receiver === undefined) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#deliver();
    });
  }

  #deliver(): void {
    while (!this.#paused && !this.#closed) {
      const [first] = this.#arriving;
      if (first === undefined) break;
      const chunk = first.subarray(0, Math.min(first.length, this.#chunkBytes));
      if (chunk.length === first.length) this.#arriving.shift();
      else this.#arriving[0] = first.subarray(chunk.length);
      this.#inFlight -= chunk.length;
      this.#receiver?.data(chunk);
      this.peer?.hearRoom();
    }
    if (this.#closed || this.#paused || this.#arriving.length > 0) return;
    if (this.#peerEnded && !this.#toldEnd) {
      this.#toldEnd = true;
      this.#receiver?.end();
    }
    if (this.#toldEnd && this.#ended) this.#close();
  }
}
