import { TRAILERS } from "./trailers.js";

/** Bytes before each message: flags, then its length (PROTOCOL-HTTP2.md, "Length-Prefixed-Message"). */
const HEAD_BYTES = 5;

/**
 * Finds the frame of trailers at the end of a body, and leaves the messages before it to others: they are passed over, and nothing of them is kept. Bytes come
 * in any pieces.
 */
export class TrailerScan {
  /** What there is to say against the body; undefined: nothing so far. */
  wrong: "oversized" | "more" | undefined = undefined;
  readonly #most: number;
  /** Bytes of the message that have not come, and of its head that have, with the length that they say. */
  #left = 0;
  #headed = 0;
  #length = 0;
  /** The frame of trailers, as far as it has come. */
  #frame: Uint8Array | undefined = undefined;
  #held = 0;

  /** Trailers may have `most` bytes. */
  constructor(most: number) {
    this.#most = most;
  }

  /** The flags of the trailers' frame. */
  get flags(): number {
    return this.#frame?.[0] ?? 0;
  }

  /** What the trailers' frame holds; undefined: it has not come, or not all of it. */
  get trailers(): Uint8Array | undefined {
    const frame = this.#frame;
    if (frame === undefined || this.#held < HEAD_BYTES || this.#held < frame.length) return undefined;
    return frame.subarray(HEAD_BYTES);
  }

  /** Takes the bytes from `start` to `end`; where the messages among them end. */
  push(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    while (at < end && this.#frame === undefined) {
      if (this.#left > 0) {
        const passed = Math.min(this.#left, end - at);
        this.#left -= passed;
        at += passed;
      } else if (this.#headed === 0 && ((bytes[at] ?? 0) & TRAILERS) !== 0) this.#frame = new Uint8Array(HEAD_BYTES);
      else at = this.#head(bytes, at);
    }
    if (this.#frame !== undefined) this.#collect(bytes.subarray(at, end));
    return at;
  }

  /** Takes a byte of a message's head. */
  #head(bytes: Uint8Array, at: number): number {
    this.#length = this.#headed === 0 ? 0 : this.#length * 256 + (bytes[at] ?? 0);
    this.#headed += 1;
    if (this.#headed === HEAD_BYTES) {
      this.#left = this.#length;
      this.#headed = 0;
    }
    return at + 1;
  }

  #collect(bytes: Uint8Array): void {
    const rest = this.#add(bytes);
    if (rest.length === 0 || this.wrong !== undefined) return;
    // Nothing comes after the trailers.
    if (this.#add(rest).length > 0) this.wrong = "more";
  }

  /** Fills the frame, at first with its head alone; what is left over. */
  #add(bytes: Uint8Array): Uint8Array {
    const frame = this.#frame ?? NONE;
    const taken = bytes.subarray(0, frame.length - this.#held);
    frame.set(taken, this.#held);
    this.#held += taken.length;
    if (this.#held === HEAD_BYTES && frame.length === HEAD_BYTES) {
      const length = frame.subarray(1).reduce((sum, byte) => sum * 256 + byte, 0);
      if (length > this.#most) this.wrong = "oversized";
      else if (length > 0) {
        this.#frame = new Uint8Array(HEAD_BYTES + length);
        this.#frame.set(frame);
      }
    }
    return bytes.subarray(taken.length);
  }
}

const NONE = new Uint8Array(0);
