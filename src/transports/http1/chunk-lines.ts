import type { InBuffer } from "../../bytes/in-buffer.js";
import { BYTE_KINDS, TOKEN_BYTE, VALUE_BYTE } from "./byte-kinds.js";
import { FRAMING_FIELDS } from "./framing-fields.js";

/** What stands after the lines between two chunks: the bytes of a chunk, the body's end, nothing yet, or no lines of HTTP/1.1. */
export type AfterLines = "data" | "end" | "more" | "broken";

/** Digits of a chunk's size. */
const MOST_DIGITS = 12;
/** Bytes of all extensions and trailers of a body. */
const MOST_PASSED_OVER = 8192;

type State =
  | "size"
  | "size-lf"
  | "data-cr"
  | "data-lf"
  | "extension"
  | "extension-value"
  | "quoted"
  | "escaped"
  | "quoted-end"
  | "trailer"
  | "trailer-name"
  | "trailer-value"
  | "trailer-lf"
  | "end-lf";

/**
 * Reads what stands between the chunks of a body, and after them (RFC 9112 §7.1): sizes, extensions and trailers, byte by byte. Extensions and
 * trailers are passed over, but only as the grammar has them: readers that disagree about them disagree about where the body ends.
 */
export class ChunkLines {
  /** Bytes of the chunk that comes next, after `data`. */
  size: number = 0;
  #state: State = "size";
  #digits = 0;
  /** Bytes of the name or value so far. */
  #part = 0;
  #passedOver = 0;
  /** The trailer's name so far. */
  #name = "";

  /** Begins the lines of a body. */
  begin(): void {
    this.#state = "size";
    this.size = this.#digits = this.#part = this.#passedOver = 0;
    this.#name = "";
  }

  /** Takes lines out of the buffer, up to the next chunk's bytes or the end. */
  read(buffer: InBuffer): AfterLines {
    const { bytes, until } = buffer;
    while (buffer.at < until) {
      const byte = bytes[buffer.at] ?? 0;
      buffer.at += 1;
      const was = this.#state;
      if (!this.#step(byte) || this.#passedOver > MOST_PASSED_OVER) return "broken";
      if (was === "size-lf" && this.size > 0) {
        this.#state = "data-cr";
        return "data";
      }
      if (was === "end-lf") return "end";
    }
    return "more";
  }

  /** After a chunk's bytes: takes the end of the body out of the buffer, if that has come and is as short as can be. */
  takeEnd(buffer: InBuffer): boolean {
    const { bytes, at, held } = buffer;
    if (held < SHORTEST_END.length) return false;
    for (let i = 0; i < SHORTEST_END.length; i += 1) if (bytes[at + i] !== SHORTEST_END[i]) return false;
    buffer.at += SHORTEST_END.length;
    return true;
  }

  /** Takes one byte; false: it has no place here. */
  #step(byte: number): boolean {
    switch (this.#state) {
      case "size":
        return this.#readSize(byte);
      case "size-lf":
        this.#state = "trailer";
        return byte === LF;
      case "data-cr":
        this.#state = "data-lf";
        return byte === CR;
      case "data-lf":
        this.#state = "size";
        this.size = this.#digits = 0;
        return byte === LF;
      case "trailer":
      case "trailer-name":
      case "trailer-value":
      case "trailer-lf":
      case "end-lf":
        return this.#readTrailer(byte);
      default:
        return this.#readExtension(byte);
    }
  }

  #readSize(byte: number): boolean {
    const digit = hexDigit(byte);
    if (digit >= 0) {
      this.size = this.size * 16 + digit;
      this.#digits += 1;
      return this.#digits <= MOST_DIGITS;
    }
    return this.#digits > 0 && this.#endsPart(byte);
  }

  /** RFC 9112 §7.1.1, without the white space that only old senders might write. */
  #readExtension(byte: number): boolean {
    this.#passedOver += 1;
    const kind = BYTE_KINDS[byte] ?? 0;
    switch (this.#state) {
      case "quoted":
        if (byte === QUOTE) this.#state = "quoted-end";
        else if (byte === BACKSLASH) this.#state = "escaped";
        return kind >= VALUE_BYTE;
      case "escaped":
        this.#state = "quoted";
        return kind >= VALUE_BYTE;
      case "quoted-end":
        return this.#endsPart(byte);
      default:
    }
    if (kind === TOKEN_BYTE) {
      this.#part += 1;
      return true;
    }
    const named = this.#state === "extension";
    if (!named && this.#part === 0 && byte === QUOTE) {
      this.#state = "quoted";
      return true;
    }
    if (this.#part === 0) return false;
    if (!named || byte !== EQUALS) return this.#endsPart(byte);
    this.#state = "extension-value";
    this.#part = 0;
    return true;
  }

  /** After a size or an extension comes another extension, or the end of the line. */
  #endsPart(byte: number): boolean {
    this.#part = 0;
    this.#state = byte === CR ? "size-lf" : "extension";
    return byte === CR || byte === SEMICOLON;
  }

  #readTrailer(byte: number): boolean {
    this.#passedOver += 1;
    const kind = BYTE_KINDS[byte] ?? 0;
    switch (this.#state) {
      case "trailer":
        this.#state = byte === CR ? "end-lf" : "trailer-name";
        this.#name = String.fromCharCode(byte);
        return byte === CR || kind === TOKEN_BYTE;
      case "trailer-name":
        if (byte === COLON) this.#state = "trailer-value";
        else this.#name += String.fromCharCode(byte);
        return byte === COLON ? !FRAMING_FIELDS.has(this.#name.toLowerCase()) : kind === TOKEN_BYTE;
      case "trailer-value":
        if (byte === CR) this.#state = "trailer-lf";
        return byte === CR || kind >= VALUE_BYTE;
      default:
        this.#state = "trailer";
        return byte === LF;
    }
  }
}

const LF = 0x0a;
const CR = 0x0d;
const QUOTE = 0x22;
const COLON = 0x3a;
const SEMICOLON = 0x3b;
const EQUALS = 0x3d;
const BACKSLASH = 0x5c;
const SHORTEST_END: Uint8Array = new Uint8Array(Buffer.from("\r\n0\r\n\r\n"));

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
