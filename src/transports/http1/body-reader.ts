import type { InBuffer } from "../../bytes/in-buffer.js";
import type { BodyLength } from "./head.js";

/** What the next bytes of a body are: some of its bytes, its end, nothing yet, or no body at all. */
export type BodyPart = "bytes" | "end" | "more" | "broken";

/** Digits of a chunk's size: 15 of them stay below 2⁵³ … and nobody needs more than 12. */
const MOST_DIGITS = 12;
/** Bytes of a chunk's size with its extension, and of all trailers. */
const LONGEST_LINE = 4096;

type State =
  | "bytes"
  | "size"
  | "extension"
  | "size-lf"
  | "data"
  | "data-cr"
  | "data-lf"
  | "trailer"
  | "trailer-lf"
  | "end";

/** Finds the bytes of one body after the other in what comes (RFC 9112 §6, §7.1). */
export class BodyReader {
  /** Where the bytes are in the buffer, after `bytes`. */
  readonly range: { start: number; end: number } = { start: 0, end: 0 };
  /** Bytes of this body that have been found. */
  found: number = 0;
  #state: State = "end";
  #left = 0;
  #digits = 0;
  #line = 0;
  /** Bytes of the trailer line so far; the trailers end with an empty one. */
  #trailer = 0;

  /** Begins a body. */
  begin(length: BodyLength): void {
    this.found = 0;
    this.#digits = this.#line = this.#trailer = 0;
    this.#left = length === "close" ? Number.POSITIVE_INFINITY : length === "chunked" ? 0 : length;
    this.#state = length === "chunked" ? "size" : "bytes";
  }

  /** Bytes that are still to come; undefined where that is not known. */
  get left(): number | undefined {
    return this.#state === "bytes" && Number.isFinite(this.#left) ? this.#left : undefined;
  }

  /** Says what comes next, and takes it out of the buffer. After `bytes`, `range` says where they are. */
  next(buffer: InBuffer): BodyPart {
    if (this.#state !== "bytes") {
      const found = this.#chunked(buffer);
      if (found !== "data") return found;
    } else if (this.#left === 0) return "end";
    const { held } = buffer;
    if (held === 0) return "more";
    const length = Math.min(held, this.#left);
    this.range.start = buffer.at;
    this.range.end = buffer.at + length;
    buffer.at += length;
    this.found += length;
    this.#left -= length;
    if (this.#left === 0 && this.#state === "data") this.#state = "data-cr";
    return "bytes";
  }

  /** The connection has ended: true where that is how this body ends. */
  get endsWithConnection(): boolean {
    return this.#state === "bytes" && this.#left === Number.POSITIVE_INFINITY;
  }

  /** Reads the lines between the chunks, byte by byte. */
  #chunked(buffer: InBuffer): BodyPart | "data" {
    while (this.#state !== "data") {
      if (this.#state === "end") return "end";
      if (buffer.at === buffer.until) return "more";
      const byte = buffer.bytes[buffer.at] ?? 0;
      buffer.at += 1;
      this.#line += 1;
      if (!this.#step(byte) || this.#line > LONGEST_LINE) return "broken";
    }
    return "data";
  }

  /** Takes one byte; false: it has no place here. */
  #step(byte: number): boolean {
    switch (this.#state) {
      case "size":
        return this.#size(byte);
      case "extension":
        // Extensions are passed over; a control character in one is how readers come to disagree.
        if (byte === CR) this.#state = "size-lf";
        return byte === CR || byte === TAB || (byte >= 0x20 && byte !== 0x7f);
      case "size-lf":
        this.#state = this.#left === 0 ? "trailer" : "data";
        if (this.#left > 0) this.#line = 0;
        return byte === LF;
      case "data-cr":
        this.#state = "data-lf";
        return byte === CR;
      case "data-lf":
        this.#state = "size";
        this.#digits = this.#line = 0;
        return byte === LF;
      case "trailer":
        if (byte === CR) this.#state = "trailer-lf";
        else this.#trailer += 1;
        return byte === CR || byte === TAB || (byte >= 0x20 && byte !== 0x7f);
      case "trailer-lf":
        this.#state = this.#trailer === 0 ? "end" : "trailer";
        this.#trailer = 0;
        return byte === LF;
      default:
        return false;
    }
  }

  #size(byte: number): boolean {
    const digit = hexDigit(byte);
    if (digit >= 0) {
      this.#left = this.#left * 16 + digit;
      this.#digits += 1;
      return this.#digits <= MOST_DIGITS;
    }
    if (this.#digits === 0) return false;
    if (byte === CR) this.#state = "size-lf";
    else if (byte === SEMICOLON) this.#state = "extension";
    return byte === CR || byte === SEMICOLON;
  }
}

const CR = 0x0d;
const LF = 0x0a;
const TAB = 0x09;
const SEMICOLON = 0x3b;

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
