import type { OutBuffer } from "../../bytes/out-buffer.js";
import { decodeUtf8, encodeAscii, encodeUtf8 } from "../../bytes/utf8.js";
import type { Limits } from "../wire.js";
import { type Found, type Framing, type MessageReader, type MessageWriter, shownOf, SKIPPED_TIMES } from "./framing.js";
import { HeldBytes } from "./held-bytes.js";
import { NO_JSON, parseJson, tooDeep } from "./parse-json.js";

const LF = 0x0a;
const CR = 0x0d;
/** So much of a message that is skipped is waited for, to show it. */
const SHOWN_BYTES = 512;

/** Cuts a stream by header parts (Language Server Protocol 3.17, base protocol): lines up to an empty one, then so many bytes of JSON. */
class HeaderReader implements MessageReader {
  value: unknown = undefined;
  shown: string = "";
  readonly #limits: Limits;
  readonly #held: HeldBytes = new HeldBytes();
  /** How many held bytes of a header part have been looked at. */
  #seen = 0;
  /** How many bytes the message has; undefined: its header part is not whole. */
  #length: number | undefined = undefined;
  #toSkip = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  get arriving(): boolean {
    return this.#toSkip > 0 || this.#length !== undefined || this.#held.length > 0;
  }

  push(chunk: Uint8Array): void {
    this.#held.push(chunk);
  }

  keep(): void {
    this.#held.keep();
  }

  next(): Found {
    this.value = undefined;
    const held = this.#held;
    if (this.#toSkip === Number.POSITIVE_INFINITY) return "hopeless";
    const skipped = Math.min(this.#toSkip, held.length);
    this.#toSkip -= skipped;
    held.at += skipped;
    if (this.#length === undefined) {
      const end = this.#headEnd();
      if (end === undefined) return undefined;
      this.#length = end < 0 ? undefined : lengthIn(decodeUtf8(held.bytes, held.at, end));
      if (this.#length === undefined) return "lost";
      held.at = end;
      this.#seen = 0;
    }
    return this.#body(this.#length);
  }

  /** Where the header part ends; undefined: not yet; negative: it is too long. */
  #headEnd(): number | undefined {
    const held = this.#held;
    const { bytes, until } = held;
    // Line breaks behind a message are no header part.
    if (this.#seen === 0) while (held.at < until && (bytes[held.at] === CR || bytes[held.at] === LF)) held.at += 1;
    const { at } = held;
    const last = Math.min(until, at + this.#limits.maxHeaderBytes);
    for (let index = at + this.#seen; index < last; index += 1) {
      if (bytes[index] !== LF) continue;
      const before = bytes[index - 1] === CR ? index - 2 : index - 1;
      if (before > at && bytes[before] === LF) return index + 1;
    }
    this.#seen = last - at;
    return this.#seen < this.#limits.maxHeaderBytes ? undefined : -1;
  }

  #body(length: number): Found {
    const held = this.#held;
    const { at, bytes } = held;
    const { maxMessageBytes, maxDepth } = this.#limits;
    if (length > maxMessageBytes) {
      const hopeless = length > maxMessageBytes * SKIPPED_TIMES;
      // Whoever sent a hopeless length may wait for an answer before sending more.
      if (!hopeless && held.length < Math.min(length, SHOWN_BYTES)) return undefined;
      this.#toSkip = hopeless ? Number.POSITIVE_INFINITY : length;
      this.#length = undefined;
      this.shown = shownOf(bytes, at, Math.min(held.until, at + length));
      return "skipped";
    }
    if (held.length < length) return undefined;
    this.#length = undefined;
    held.at += length;
    if (tooDeep(bytes, at, { length, limit: maxDepth })) {
      this.shown = shownOf(bytes, at, at + length);
      return "deep";
    }
    this.value = parseJson(decodeUtf8(bytes, at, at + length));
    return this.value === NO_JSON ? "garbage" : "message";
  }
}

/** Reads `Content-Length` from a header part; undefined where it has none, several that differ, or a line that is no field. */
function lengthIn(text: string | undefined): number | undefined {
  // All that most heads have.
  const only = /^content-length:[ \t]*(\d{1,15})[ \t]*\r?\n\r?\n$/iu.exec(text ?? "")?.[1];
  if (only !== undefined) return Number(only);
  let length: number | undefined;
  for (const line of (text ?? "").split(/\r?\n/u)) {
    if (line === "") continue;
    const [, name = "", rest = ""] = /^([\w!#$%&'*+.^`|~-]+):(.*)$/u.exec(line) ?? [];
    if (name === "") return undefined;
    if (name.toLowerCase() !== "content-length") continue;
    const value = rest.trim();
    if (!/^\d{1,15}$/u.test(value) || (length !== undefined && length !== Number(value))) return undefined;
    length = Number(value);
  }
  return length;
}

/** Writes each message behind its length. */
class HeaderWriter implements MessageWriter {
  readonly #messages: string[] = [];

  add(json: string): number {
    this.#messages.push(json);
    return json.length + 24;
  }

  writeTo(buffer: OutBuffer): void {
    if (this.#messages.length === 0) return;
    // As long as all is ASCII, a message has as many bytes as characters.
    let text = "";
    for (const json of this.#messages) text += headed(json, json.length);
    const at = buffer.reserve(text.length);
    if (encodeAscii(text, buffer.bytes.subarray(at, at + text.length))) buffer.length = at + text.length;
    else for (const json of this.#messages) buffer.push(encodeUtf8(headed(json, encodeUtf8(json).length)));
    this.#messages.length = 0;
  }
}

function headed(json: string, length: number): string {
  return `Content-Length: ${length}\r\n\r\n${json}`;
}

/** JSON behind a header part with its `Content-Length`, as language servers speak. */
export const contentLength: Framing = {
  reader: (limits) => new HeaderReader(limits),
  writer: () => new HeaderWriter(),
};
