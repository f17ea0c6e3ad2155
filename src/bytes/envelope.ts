import { settle } from "./settled.js";
import { pieceOf } from "./slab.js";

/** Bytes before each message: flags, then its length, most significant byte first. */
export const ENVELOPE_BYTES = 5;
/** Memory for a message that has not all come is at the most so many times what has. */
const GROWTH = 16;
const LEAST_ROOM = 256;

/** What an envelope reader found: a message, nothing yet, or one that is longer than allowed. */
export type Found = "message" | "more" | "oversized";

/**
 * Cuts a stream of bytes into messages that each follow a byte of flags and their length (gRPC, gRPC-Web and Connect have the same). What is whole
 * in the bytes that were pushed is not copied.
 */
export class EnvelopeReader {
  flags: number = 0;
  /** The message, after `message`; lent until the next call. */
  body: Uint8Array = NONE;
  readonly #limit: number;
  /** Bytes that are not a whole message yet; `#own` says that they are this reader's. */
  #bytes: Uint8Array = NONE;
  #at = 0;
  #until = 0;
  #own = false;

  /** A message may have `limit` bytes. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Bytes that belong to no whole message yet. */
  get held(): number {
    return this.#until - this.#at;
  }

  /** Takes bytes, which are lent until `keep`. */
  push(bytes: Uint8Array, start: number, end: number): void {
    if (this.#at === this.#until) {
      this.#bytes = bytes;
      this.#at = start;
      this.#until = end;
      this.#own = false;
    } else this.#append(bytes, start, end);
  }

  /** Finds the next message. */
  next(): Found {
    const bytes = this.#bytes;
    const at = this.#at;
    const held = this.#until - at;
    if (held < ENVELOPE_BYTES) return "more";
    const length = lengthAt(bytes, at);
    if (length > this.#limit) return "oversized";
    if (held < ENVELOPE_BYTES + length) return "more";
    this.flags = bytes[at] ?? 0;
    this.#at = at + ENVELOPE_BYTES + length;
    // What follows in an own array is written behind it.
    this.body = this.#own
      ? settle(bytes.subarray(at + ENVELOPE_BYTES, this.#at))
      : pieceOf(bytes, at + ENVELOPE_BYTES, this.#at);
    return "message";
  }

  /** Copies what is left: what was pushed goes back to its owner. */
  keep(): void {
    if (this.#own || this.#at === this.#until) return;
    const rest = this.#bytes.slice(this.#at, this.#until);
    this.#bytes = rest;
    this.#at = 0;
    this.#until = rest.length;
    this.#own = true;
  }

  #append(bytes: Uint8Array, start: number, end: number): void {
    const held = this.#until - this.#at;
    const needed = held + end - start;
    if (!this.#own || this.#bytes.length - this.#until < end - start) {
      const roomy = new Uint8Array(this.#roomFor(held, needed));
      roomy.set(this.#bytes.subarray(this.#at, this.#until));
      this.#bytes = roomy;
      this.#at = 0;
      this.#until = held;
      this.#own = true;
    }
    this.#bytes.set(bytes.subarray(start, end), this.#until);
    this.#until += end - start;
  }

  /** How much memory to take: all that the message needs, where it is not many times what has come of it; whoever only claims a length gets little. */
  #roomFor(held: number, needed: number): number {
    const most = Math.max(needed * GROWTH, LEAST_ROOM);
    if (held < ENVELOPE_BYTES) return most;
    const whole = ENVELOPE_BYTES + lengthAt(this.#bytes, this.#at);
    return whole > this.#limit + ENVELOPE_BYTES
      ? Math.max(needed, LEAST_ROOM)
      : Math.max(needed, Math.min(whole, most));
  }
}

/** The message without flags, of at most `limit` bytes, that the bytes from `start` to `end` are, as most bodies are; undefined: they are something else. */
export function soleMessage(
  bytes: Uint8Array,
  { start, end }: { readonly start: number; readonly end: number },
  limit: number,
): Uint8Array | undefined {
  const length = end - start - ENVELOPE_BYTES;
  if (length < 0 || length > limit || bytes[start] !== 0 || lengthAt(bytes, start) !== length) return undefined;
  return pieceOf(bytes, start + ENVELOPE_BYTES, end);
}

function lengthAt(bytes: Uint8Array, at: number): number {
  return (
    (((bytes[at + 1] ?? 0) << 24) |
      ((bytes[at + 2] ?? 0) << 16) |
      ((bytes[at + 3] ?? 0) << 8) |
      (bytes[at + 4] ?? 0)) >>>
    0
  );
}

const NONE = new Uint8Array(0);
