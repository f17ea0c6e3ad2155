import type { ByteRange } from "../http.js";
import { shownOf } from "./framing.js";

/** A whole body: bytes from `start` to `end`, lent as the last of them were. */
export interface WholeBody extends ByteRange {
  readonly bytes: Uint8Array;
}

/** Puts the body of an HTTP message together. One that comes in one piece is not copied. */
export class BodyBytes {
  /** How a body that is too long begins. */
  shown: string | undefined = undefined;
  readonly #limit: number;
  #own: Uint8Array | undefined = undefined;
  #length = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Adds a piece. `more`: there is more to come; `long`: the body is over the limit. */
  add(bytes: Uint8Array, { start, end }: ByteRange, last: boolean): WholeBody | "more" | "long" {
    const size = this.#length + end - start;
    if (size > this.#limit) {
      if (this.#own !== undefined) this.shown = shownOf(this.#own, 0, this.#length);
      this.#own = undefined;
      return "long";
    }
    if (last && this.#length === 0) return { bytes, start, end };
    if (this.#own === undefined || this.#own.length < size) {
      const own = new Uint8Array(Math.max(size * 2, 1024));
      if (this.#own !== undefined) own.set(this.#own.subarray(0, this.#length));
      this.#own = own;
    }
    this.#own.set(bytes.subarray(start, end), this.#length);
    this.#length = size;
    return last ? { bytes: this.#own, start: 0, end: size } : "more";
  }
}
