import type { MessagePort } from "node:worker_threads";
import type { Connection, Receiver } from "./connection.js";

/** So many bytes may be on their way to the other thread before the sender waits. */
const WINDOW_BYTES = 256 * 1024;

/** What passes between the two ends: bytes, a count of bytes that have been used, the end of a direction, or the end of all. */
type Message = Uint8Array | number | "end" | { readonly closed: string | undefined };

/** A connection whose socket is in another thread: bytes travel over a MessagePort, and neither side runs ahead of the other. */
export class PortConnection implements Connection {
  readonly address: string;
  readonly #port: MessagePort;
  #receiver: Receiver | undefined = undefined;
  #pending = 0;
  #paused = false;
  #closed = false;
  /** What came while reading was paused. */
  #held: Message[] = [];

  constructor(port: MessagePort, address: string) {
    this.#port = port;
    this.address = address;
  }

  get pending(): number {
    return this.#pending;
  }

  start(receiver: Receiver): void {
    const started = this.#receiver !== undefined;
    this.#receiver = receiver;
    if (started) return;
    this.#port.on("message", (message: Message) => this.#hear(message));
    this.#port.on("close", () => this.#gone(undefined));
  }

  write(bytes: Uint8Array): boolean {
    if (this.#closed) return true;
    this.#pending += bytes.length;
    const copy = new Uint8Array(bytes);
    this.#port.postMessage(copy, [copy.buffer]);
    return true;
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    const held = this.#held;
    this.#held = [];
    for (const message of held) this.#hear(message);
  }

  hold(): void {}

  end(): void {
    if (!this.#closed) this.#port.postMessage("end");
  }

  destroy(error?: Error): void {
    if (this.#closed) return;
    this.#port.postMessage({ closed: error?.message });
    queueMicrotask(() => this.#gone(error?.message));
  }

  #hear(message: Message): void {
    if (this.#closed) return;
    if (typeof message === "number") {
      this.#pending -= message;
      if (this.#pending === 0) this.#receiver?.drain();
    } else if (typeof message === "object" && !(message instanceof Uint8Array)) this.#gone(message.closed);
    else if (this.#paused) this.#held.push(message);
    else if (message === "end") this.#receiver?.end();
    else {
      this.#receiver?.data(message);
      if (!this.#closed) this.#port.postMessage(message.length);
    }
  }

  #gone(reason: string | undefined): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#held = [];
    this.#port.close();
    this.#receiver?.close(reason === undefined ? undefined : new Error(reason));
  }
}

/** Carries a connection's bytes to and from the PortConnection at the far end of `port`. Starts it. */
export function relay(connection: Connection, port: MessagePort): void {
  /** Bytes that the far end has not used yet, and bytes that the socket has not taken yet. */
  let ahead = 0;
  let unsent = 0;
  port.on("message", (message: Message) => {
    if (typeof message === "number") {
      const wasFull = ahead > WINDOW_BYTES;
      ahead -= message;
      if (wasFull && ahead <= WINDOW_BYTES) connection.resume();
    } else if (message === "end") connection.end();
    else if (message instanceof Uint8Array) {
      unsent += message.length;
      if (!connection.write(message)) return;
      port.postMessage(unsent);
      unsent = 0;
    } else connection.destroy(message.closed === undefined ? undefined : new Error(message.closed));
  });
  // The other thread has died.
  port.on("close", () => connection.destroy());
  connection.start({
    data: (chunk) => {
      ahead += chunk.length;
      const copy = new Uint8Array(chunk);
      port.postMessage(copy, [copy.buffer]);
      if (ahead > WINDOW_BYTES) connection.pause();
    },
    end: () => port.postMessage("end"),
    drain: () => {
      port.postMessage(unsent);
      unsent = 0;
    },
    close: (error) => {
      port.postMessage({ closed: error?.message });
      port.close();
    },
  });
}
