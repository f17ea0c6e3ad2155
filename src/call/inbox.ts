import type { RpcError } from "./rpc-error.js";

/** How many messages wait unread before the writer is told to stop. */
const CAPACITY = 32;

/** What an inbox tells its owner. */
export interface InboxOwner {
  /** Room again, after a `push` that returned false. */
  roomy(): void;
  /** The reader stopped before the end: nothing more will be read. */
  abandoned(): void;
  /** Why what is unread after the end is to be read no more; asked at each read of it. Undefined: it is. */
  dropped?(): RpcError | undefined;
}

interface Reader<T> {
  resolve(result: IteratorResult<T, undefined>): void;
  reject(error: unknown): void;
}

/**
 * A bounded queue between a sink, which pushes, and one reader, who iterates. What was pushed before the end is read before the end;
 * a cancellation is heard at once and drops what is unread, though the end has come already.
 */
export class Inbox<T> implements AsyncIterableIterator<T> {
  readonly #owner: InboxOwner;
  readonly #items: T[] = [];
  #first = 0;
  #reader: Reader<T> | undefined;
  #full = false;
  #ended = false;
  /** The reader has stopped, or been told of the end, and is told of nothing any more. */
  #left = false;
  #error: RpcError | undefined;

  constructor(owner: InboxOwner) {
    this.#owner = owner;
  }

  /** Adds a message. False: full, wait for `roomy`. After the end it is dropped. */
  push(item: T): boolean {
    if (this.#ended) return true;
    const reader = this.#reader;
    if (reader !== undefined) {
      this.#reader = undefined;
      reader.resolve({ done: false, value: item });
      return true;
    }
    this.#items.push(item);
    if (this.#items.length - this.#first >= CAPACITY) this.#full = true;
    return !this.#full;
  }

  /** No more messages; with an error, also not those that are unread, unless it came `after` them. */
  end(error?: RpcError, after = false): void {
    if (this.#ended && (error === undefined || this.#error !== undefined)) return;
    this.#ended = true;
    if (error !== undefined && !this.#left) {
      this.#error = error;
      if (!after) this.#items.length = this.#first = 0;
    }
    const reader = this.#reader;
    this.#reader = undefined;
    if (reader === undefined) return;
    this.#left = true;
    if (error === undefined) reader.resolve({ done: true, value: undefined });
    else reader.reject(this.#takeError());
  }

  async next(): Promise<IteratorResult<T, undefined>> {
    const why = this.#ended && !this.#left ? this.#owner.dropped?.() : undefined;
    if (why !== undefined) {
      this.#error = why;
      this.#items.length = this.#first = 0;
    }
    if (this.#first < this.#items.length) return { done: false, value: this.#shift() };
    this.#left = this.#ended;
    if (this.#error !== undefined) throw this.#takeError();
    if (this.#ended) return { done: true, value: undefined };
    if (this.#reader !== undefined)
      throw new TypeError("A stream is read by one reader: await next() before calling it again.");
    return await new Promise((resolve, reject) => {
      this.#reader = { resolve, reject };
    });
  }

  return(): Promise<IteratorResult<T, undefined>> {
    const early = !this.#ended;
    this.end();
    this.#left = true;
    this.#error = undefined;
    this.#items.length = this.#first = 0;
    if (early) this.#owner.abandoned();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #shift(): T {
    // The caller has seen that an item is there.
    const item = this.#items[this.#first] as T;
    this.#first += 1;
    if (this.#first === this.#items.length) this.#items.length = this.#first = 0;
    else if (this.#first > CAPACITY) {
      this.#items.splice(0, this.#first);
      this.#first = 0;
    }
    if (this.#full && this.#items.length - this.#first <= CAPACITY / 4) {
      this.#full = false;
      this.#owner.roomy();
    }
    return item;
  }

  /** An error is told once; then the stream is simply over. */
  #takeError(): RpcError {
    // Called only where an error is known to be there.
    const error = this.#error as RpcError;
    this.#error = undefined;
    return error;
  }
}
