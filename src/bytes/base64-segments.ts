import { digitOf } from "./base64.js";

const PAD = 0x3d;

/**
 * Decodes base64 that comes in pieces, cut anywhere, and is several padded texts in a row: whoever wrote it padded each of its own pieces. There is no
 * white space in it.
 */
export class Base64Segments {
  /** The digits of a group that is not whole: their bits, and how many they are. */
  #bits = 0;
  #held = 0;
  #padding = 0;

  /** What has come ends with a group: more may follow, and need not. */
  get whole(): boolean {
    return this.#held === 0;
  }

  /** Decodes the bytes from `start` to `end`; undefined: they are no base64, and nothing more is to be decoded. */
  decode(text: Uint8Array, start: number, end: number): Uint8Array | undefined {
    const bytes = new Uint8Array(Math.ceil((end - start + this.#held + this.#padding) / 4) * 3);
    let to = 0;
    for (let at = start; at < end; at += 1) {
      if (this.#held === 0) {
        for (; at + 4 <= end; at += 4) {
          const group =
            (digit(text, at) << 18) | (digit(text, at + 1) << 12) | (digit(text, at + 2) << 6) | digit(text, at + 3);
          if (group < 0) break;
          bytes[to] = group >> 16;
          bytes[to + 1] = group >> 8;
          bytes[to + 2] = group;
          to += 3;
        }
        if (at >= end) break;
      }
      // A group that is cut or padded goes by characters.
      const found = this.#take(text[at] ?? 0);
      if (found < 0) return undefined;
      for (let shift = 16, left = found; left > 0; shift -= 8, left -= 1) {
        bytes[to] = this.#bits >> shift;
        to += 1;
      }
      if (found > 0) this.#bits = this.#held = this.#padding = 0;
    }
    return bytes.subarray(0, to);
  }

  /** Takes a character. How many bytes the group has when it is whole; 0: it is not, −1: it never will be. */
  #take(code: number): number {
    if (code === PAD) {
      if (this.#held < 2) return -1;
      this.#padding += 1;
      this.#bits <<= 6;
    } else {
      const six = digitOf(code);
      if (six < 0 || this.#padding > 0) return -1;
      this.#bits = (this.#bits << 6) | six;
      this.#held += 1;
    }
    return this.#held + this.#padding === 4 ? this.#held - 1 : 0;
  }
}

function digit(text: Uint8Array, at: number): number {
  return digitOf(text[at] ?? 0);
}
