import type { InBuffer } from "../../bytes/in-buffer.js";
import { type AfterLines, ChunkLines } from "./chunk-lines.js";
import type { BodyLength } from "./head.js";

/** What the next bytes of a body are: some of its bytes, its end, nothing yet, or no body at all. */
export type BodyPart = "bytes" | Exclude<AfterLines, "data">;

/** Finds the bytes of one body after the other in what comes (RFC 9112 §6, §7.1). */
export class BodyReader {
  /** Where the bytes are in the buffer, after `bytes`. */
  readonly range: { start: number; end: number } = { start: 0, end: 0 };
  /** Everything up to the body's end has been found; the `end` itself need not be asked for. */
  whole: boolean = true;
  readonly #lines = new ChunkLines();
  #length: BodyLength = 0;
  #found = 0;
  /** Bytes that are still to come: of a chunk, or of the body. */
  #left = 0;

  /** Begins a body. */
  begin(length: BodyLength): void {
    this.whole = false;
    this.#length = length;
    this.#found = 0;
    this.#left = length === "close" ? Number.POSITIVE_INFINITY : length === "chunked" ? 0 : length;
    if (length === "chunked") this.#lines.begin();
  }

  /** Bytes that are still to come; 0 where that is not known. */
  get left(): number {
    return typeof this.#length === "number" ? this.#left : 0;
  }

  /** How many bytes the body has at least, by what has come. */
  get atLeast(): number {
    return this.#length === "close" ? this.#found : this.#found + this.#left;
  }

  /** The connection's end is this body's. */
  get endsWithConnection(): boolean {
    return this.#length === "close" && !this.whole;
  }

  /** Says what comes next, and takes it out of the buffer. After `bytes`, `range` says where they are. */
  next(buffer: InBuffer): BodyPart {
    if (this.#left === 0 && !this.whole) {
      const after = this.#length === "chunked" ? this.#lines.read(buffer) : "end";
      if (after === "data") this.#left = this.#lines.size;
      else {
        this.whole = after === "end";
        return after;
      }
    }
    if (this.whole) return "end";
    const { at, held } = buffer;
    if (held === 0) return "more";
    const length = Math.min(held, this.#left);
    this.range.start = at;
    this.range.end = buffer.at = at + length;
    this.#found += length;
    this.#left -= length;
    if (this.#left === 0) this.whole = this.#length !== "chunked" || this.#lines.takeEnd(buffer);
    return "bytes";
  }
}
