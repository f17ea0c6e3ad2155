import { decodeUtf8 } from "./utf8.js";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const PAD = 0x3d;
/** A character's six bits by its code; what is no digit has a value that makes a whole group negative. */
const NO_DIGIT = -1;
const SPACE = -2;

const CODES: Uint8Array = /* @__PURE__ */ Uint8Array.from(ALPHABET, (char) => char.charCodeAt(0));
const DIGITS: Int8Array = /* @__PURE__ */ digits();
const EMPTY = new Uint8Array(0);
/** Blocks of decoded bytes are at least so long, so that text which comes a character at a time is no array a byte. */
const BLOCK_BYTES = 4096;

/** Encodes bytes as base64 (RFC 4648 §4), padded and without line breaks. */
export function encodeBase64(bytes: Uint8Array): string {
  const rest = bytes.length % 3;
  const whole = bytes.length - rest;
  const text = new Uint8Array(Math.ceil(bytes.length / 3) * 4).fill(PAD);
  let to = 0;
  for (let at = 0; at < whole; at += 3) {
    const group = (byteAt(bytes, at) << 16) | (byteAt(bytes, at + 1) << 8) | byteAt(bytes, at + 2);
    text[to] = codeOf(group >> 18);
    text[to + 1] = codeOf(group >> 12);
    text[to + 2] = codeOf(group >> 6);
    text[to + 3] = codeOf(group);
    to += 4;
  }
  if (rest > 0) {
    const group = (byteAt(bytes, whole) << 16) | (rest === 2 ? byteAt(bytes, whole + 1) << 8 : 0);
    text[to] = codeOf(group >> 18);
    text[to + 1] = codeOf(group >> 12);
    if (rest === 2) text[to + 2] = codeOf(group >> 6);
  }
  // ASCII is always UTF-8.
  return decodeUtf8(text, 0, text.length) ?? "";
}

/**
 * Decodes base64 (RFC 4648 §4) that comes in pieces, white space anywhere. Strict otherwise: padding is needed, and nothing may follow it.
 * Takes no more memory than the decoded bytes, and as much again when it joins them.
 */
export class Base64Decoder {
  readonly #blocks: Uint8Array[] = [];
  #block: Uint8Array = EMPTY;
  /** Bytes written of the block, and of all blocks before it. */
  #at = 0;
  #before = 0;
  /** The digits of a group that is not whole: their bits, and how many they are. */
  #bits = 0;
  #held = 0;
  #padding = 0;

  /** Takes a piece of text; false: it is no base64, and nothing more is to be taken. */
  push(text: string): boolean {
    this.#reserve(Math.ceil((text.length + this.#held) / 4) * 3);
    let from = 0;
    while (from < text.length) {
      if (this.#held === 0 && this.#padding === 0) from = this.#groups(text, from);
      // A group that is cut, padded or has white space in it goes by characters.
      if (from < text.length && !this.#take(text.charCodeAt(from))) return false;
      from += 1;
    }
    return true;
  }

  /** All the bytes; undefined: the text ends within a group. */
  finish(): Uint8Array | undefined {
    if (this.#padding === 0 ? this.#held !== 0 : this.#held + this.#padding !== 4) return undefined;
    const bytes = new Uint8Array(this.#before + this.#at);
    let at = 0;
    for (const block of this.#blocks) {
      bytes.set(block, at);
      at += block.length;
    }
    bytes.set(this.#block.subarray(0, this.#at), at);
    return bytes;
  }

  /** Decodes whole groups up to the first that is not plain; returns where that begins. */
  #groups(text: string, start: number): number {
    const block = this.#block;
    let from = start;
    let to = this.#at;
    for (; from + 4 <= text.length; from += 4) {
      const group =
        (digitOf(text.charCodeAt(from)) << 18) |
        (digitOf(text.charCodeAt(from + 1)) << 12) |
        (digitOf(text.charCodeAt(from + 2)) << 6) |
        digitOf(text.charCodeAt(from + 3));
      if (group < 0) break;
      block[to] = group >> 16;
      block[to + 1] = group >> 8;
      block[to + 2] = group;
      to += 3;
    }
    this.#at = to;
    return from;
  }

  #take(code: number): boolean {
    const digit = digitOf(code);
    if (digit === SPACE) return true;
    if (code === PAD) {
      this.#padding += 1;
      if (this.#held < 2 || this.#held + this.#padding > 4) return false;
      // What the last digits say beyond whole bytes is dropped.
      if (this.#padding === 1) this.#write(this.#bits << (this.#held === 2 ? 12 : 6), this.#held - 1);
      return true;
    }
    if (digit < 0 || this.#padding > 0) return false;
    this.#bits = (this.#bits << 6) | digit;
    this.#held += 1;
    if (this.#held === 4) {
      this.#write(this.#bits, 3);
      this.#held = this.#bits = 0;
    }
    return true;
  }

  #write(group: number, count: number): void {
    for (let shift = 16, left = count; left > 0; shift -= 8, left -= 1) {
      this.#block[this.#at] = group >> shift;
      this.#at += 1;
    }
  }

  #reserve(size: number): void {
    if (this.#block.length - this.#at >= size) return;
    if (this.#at > 0) this.#blocks.push(this.#block.subarray(0, this.#at));
    this.#before += this.#at;
    this.#block = new Uint8Array(Math.max(size, BLOCK_BYTES));
    this.#at = 0;
  }
}

/** A character's six bits, by its code; negative where it is no digit. */
export function digitOf(code: number): number {
  return DIGITS[code] ?? NO_DIGIT;
}

function codeOf(bits: number): number {
  // Six bits always have a digit.
  return CODES[bits & 63] ?? 0;
}

function byteAt(bytes: Uint8Array, at: number): number {
  // The caller stays within the bytes.
  return bytes[at] ?? 0;
}

function digits(): Int8Array {
  const table = new Int8Array(128).fill(NO_DIGIT);
  for (const [digit, code] of CODES.entries()) table[code] = digit;
  for (const code of [0x20, 0x09, 0x0a, 0x0d]) table[code] = SPACE;
  return table;
}
