import type { OutBuffer } from "../../bytes/out-buffer.js";
import { decodeUtf8, encodeAscii, encodeUtf8 } from "../../bytes/utf8.js";

/** How a frame's length is written: little-endian is what `struct.pack("I", n)` gives on today's machines. */
export type ByteOrder = "little" | "big";

/** Frames up to so many times the limit are skipped, and the connection lives on; a longer one ends it. */
const SKIPPED_TIMES = 16;
/** So much of a skipped frame is shown, for its `in` and `id`. */
const SHOWN_BYTES = 512;

/** Reads the length before a frame, as an unsigned 32-bit number. */
export function readLength(bytes: Uint8Array, at: number, order: ByteOrder): number {
  // The caller has seen that four bytes are there.
  const a = bytes[at] ?? 0;
  const b = bytes[at + 1] ?? 0;
  const c = bytes[at + 2] ?? 0;
  const d = bytes[at + 3] ?? 0;
  return order === "little"
    ? (a | (b << 8) | (c << 16) | (d << 24)) >>> 0
    : (d | (c << 8) | (b << 16) | (a << 24)) >>> 0;
}

function writeLength(bytes: Uint8Array, length: number, place: { at: number; order: ByteOrder }): void {
  const { at, order } = place;
  const little = order === "little";
  bytes[little ? at : at + 3] = length & 0xff;
  bytes[little ? at + 1 : at + 2] = (length >>> 8) & 0xff;
  bytes[little ? at + 2 : at + 1] = (length >>> 16) & 0xff;
  bytes[little ? at + 3 : at] = length >>> 24;
}

/** What FrameReader.next found. `skipped`: a frame over the limit, of which only the beginning is shown; `hopeless`: one too long to skip. */
export type Found = "frame" | "skipped" | "hopeless" | undefined;

/**
 * Cuts a stream of bytes into frames. `push` a chunk, call `next` until it finds nothing, then `keep`: what is left of a chunk is copied only then.
 * A found frame is `bytes` from `start` to `end`, and stays until the next call.
 */
export class FrameReader {
  bytes: Uint8Array = new Uint8Array(0);
  start: number = 0;
  end: number = 0;
  /** Known from the start, or after the first frame. */
  order: ByteOrder | undefined;
  readonly #limit: number;
  /** Where the unread bytes begin and end in `bytes`. */
  #at = 0;
  #until = 0;
  /** The reader's own storage, while it holds an unfinished frame. */
  #own: Uint8Array | undefined = undefined;
  #toSkip = 0;

  constructor(limit: number, order?: ByteOrder) {
    this.#limit = limit;
    this.order = order;
  }

  /** Bytes held that belong to no whole frame yet. */
  get held(): number {
    return this.#until - this.#at;
  }

  /** Adds a chunk, lent until `keep`. */
  push(chunk: Uint8Array): void {
    if (this.held === 0) {
      this.#own = undefined;
      this.bytes = chunk;
      this.#at = 0;
      this.#until = chunk.length;
    } else this.#append(chunk);
  }

  /** Finds the next whole frame. */
  next(): Found {
    if (this.#toSkip > 0) this.#skip();
    if (this.held < 4) return undefined;
    const order = this.order ?? this.#findOrder();
    if (order === undefined) return undefined;
    const length = readLength(this.bytes, this.#at, order);
    this.start = this.#at + 4;
    if (length > this.#limit) return this.#tooLong(length);
    if (this.held - 4 < length) return undefined;
    this.end = this.#at = this.start + length;
    return "frame";
  }

  /** Takes over what is left of the last chunk, before its owner takes it back. */
  keep(): void {
    if (this.held === 0) {
      this.#own = undefined;
      this.bytes = EMPTY;
      this.#at = this.#until = 0;
    } else if (this.#own === undefined) {
      // Not slice(), which would copy nothing of a node Buffer.
      const own = new Uint8Array(this.bytes.subarray(this.#at, this.#until));
      this.#own = this.bytes = own;
      this.#until = own.length;
      this.#at = 0;
    }
  }

  /**
   * A first frame tells the byte order: by its only plausible length, or, where both are, by the shorter one that holds whole JSON.
   * A length that reads the same in both tells nothing, and the next frame is asked.
   */
  #findOrder(): ByteOrder | undefined {
    const little = readLength(this.bytes, this.#at, "little");
    const big = readLength(this.bytes, this.#at, "big");
    if (little === big) return "little";
    const shorter = Math.min(little, big);
    if (Math.max(little, big) > this.#limit) return (this.order = little === shorter ? "little" : "big");
    if (this.held - 4 < shorter) return undefined;
    // JSON that is cut short is no JSON: so this cannot be the beginning of the longer frame.
    const whole = isJson(this.bytes, this.#at + 4, this.#at + 4 + shorter);
    return (this.order = whole === little < big ? "little" : "big");
  }

  #tooLong(length: number): Found {
    const shown = Math.min(length, SHOWN_BYTES);
    const hopeless = length > this.#limit * SKIPPED_TIMES;
    this.end = this.start + Math.min(shown, this.held - 4);
    // Whoever sent a hopeless length may wait for an answer before sending more.
    if (hopeless) return "hopeless";
    if (this.held - 4 < shown) return undefined;
    this.#at = this.start;
    this.#toSkip = length;
    return "skipped";
  }

  #skip(): void {
    const skipped = Math.min(this.#toSkip, this.held);
    this.#toSkip -= skipped;
    this.#at += skipped;
  }

  #append(chunk: Uint8Array): void {
    const held = this.held;
    let own = this.#own;
    if (own === undefined || own.length - this.#until < chunk.length) {
      // Doubling, so that a frame which comes in many chunks is copied a few times only, and a length without a body costs nothing.
      own = new Uint8Array(Math.max((held + chunk.length) * 2, 256));
      own.set(this.bytes.subarray(this.#at, this.#until));
      this.#own = this.bytes = own;
      this.#at = 0;
      this.#until = held;
    }
    own.set(chunk, this.#until);
    this.#until += chunk.length;
  }
}

const EMPTY = new Uint8Array(0);

function isJson(bytes: Uint8Array, start: number, end: number): boolean {
  try {
    JSON.parse(decodeUtf8(bytes, start, end) ?? "");
    return true;
  } catch {
    return false;
  }
}

/** Four characters that stand where a length will be, while frames are still text. */
const ROOM = "\0\0\0\0";

/** Gathers the frames of a turn as one text, and turns it into bytes at once: that costs a third of doing it frame by frame. */
export class FrameWriter {
  order: ByteOrder;
  #text = "";
  readonly #lengths: number[] = [];

  constructor(order: ByteOrder) {
    this.order = order;
  }

  /** Adds a frame of JSON text; returns about how many bytes it will be. */
  add(json: string): number {
    this.#text += ROOM + json;
    this.#lengths.push(json.length);
    return json.length + 4;
  }

  /** Writes all frames to the buffer. */
  writeTo(buffer: OutBuffer): void {
    const text = this.#text;
    if (text === "") return;
    this.#text = "";
    let at = buffer.reserve(text.length);
    if (encodeAscii(text, buffer.bytes.subarray(at, at + text.length))) {
      buffer.length = at + text.length;
      for (const length of this.#lengths) {
        writeLength(buffer.bytes, length, { at, order: this.order });
        at += 4 + length;
      }
    } else this.#writeEach(text, buffer);
    this.#lengths.length = 0;
  }

  #writeEach(text: string, buffer: OutBuffer): void {
    let from = 0;
    for (const length of this.#lengths) {
      const body = encodeUtf8(text.slice(from + 4, from + 4 + length));
      const at = buffer.reserve(4 + body.length);
      writeLength(buffer.bytes, body.length, { at, order: this.order });
      buffer.length += 4;
      buffer.push(body);
      from += 4 + length;
    }
  }
}
