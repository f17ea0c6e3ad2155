import { decodeUtf8 } from "../../bytes/utf8.js";
import type { HeldBytes } from "./held-bytes.js";

const LF = 0x0a;

/** Decodes lines of held bytes: those that are ASCII all at once, which costs a fraction of doing it one by one. */
export class LineTexts {
  /** The line that was found, without its line break; undefined: it is no UTF-8. */
  text: string | undefined = undefined;
  /** How many bytes that line has. */
  length: number = 0;
  readonly #held: HeldBytes;
  /** Whole lines of ASCII, decoded; from and to where in the stream. */
  #lines = "";
  #from = 0;
  #to = 0;
  /** Up to here in the stream lines have to be decoded one by one. */
  #singleTo = 0;
  /** Up to here in the stream there is no line break. */
  #breaklessTo = 0;

  constructor(held: HeldBytes) {
    this.#held = held;
  }

  /** Finds the line that begins where the held bytes do; false: it is not whole. */
  next(): boolean {
    const { at, bytes, position } = this.#held;
    if (position < this.#breaklessTo) return false;
    if (position >= this.#to && position >= this.#singleTo) this.#decode();
    if (position < this.#to) {
      const from = position - this.#from;
      const end = this.#lines.indexOf("\n", from);
      this.length = end - from;
      this.text = this.#lines.slice(from, end);
      return true;
    }
    if (position >= this.#singleTo) return false;
    // There is a line break, at the end of what was looked through.
    const end = bytes.indexOf(LF, at);
    this.length = end - at;
    this.text = decodeUtf8(bytes, at, end);
    return true;
  }

  /** Lets go of text that has been used up. */
  forget(): void {
    this.text = undefined;
    if (this.#held.position >= this.#to) this.#lines = "";
  }

  #decode(): void {
    const { at, bytes, end, position, until } = this.#held;
    const last = bytes[until - 1] === LF ? until - 1 : bytes.lastIndexOf(LF, until - 1);
    if (last < at) {
      this.#breaklessTo = end;
      return;
    }
    const length = last + 1 - at;
    const text = decodeUtf8(bytes, at, last + 1);
    if (text?.length === length) {
      this.#lines = text;
      this.#from = position;
      this.#to = position + length;
    } else this.#singleTo = position + length;
  }
}
