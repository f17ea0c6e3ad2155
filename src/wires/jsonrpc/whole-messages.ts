import type { OutBuffer } from "../../bytes/out-buffer.js";
import { decodeUtf8, encodeAscii, encodeUtf8 } from "../../bytes/utf8.js";
import type { Limits } from "../wire.js";
import { type Found, type Framing, type MessageReader, type MessageWriter, shownOf } from "./framing.js";
import { NO_JSON, parseJson, tooDeep } from "./parse-json.js";

/** Each chunk is a message. Those that come while reading is held up wait. */
class WholeReader implements MessageReader {
  value: unknown = undefined;
  shown: string = "";
  readonly #limits: Limits;
  #current: Uint8Array | undefined = undefined;
  /** The current message is lent. */
  #lent = false;
  readonly #later: Uint8Array[] = [];

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** The carrier knows what is still arriving. */
  get arriving(): boolean {
    return false;
  }

  push(chunk: Uint8Array): void {
    if (this.#current === undefined) {
      this.#current = chunk;
      this.#lent = true;
    } else this.#later.push(new Uint8Array(chunk));
  }

  next(): Found {
    this.value = undefined;
    const bytes = this.#current;
    if (bytes === undefined) return undefined;
    this.#current = this.#later.shift();
    this.#lent = false;
    const { length } = bytes;
    const { maxMessageBytes, maxDepth } = this.#limits;
    const long = length > maxMessageBytes;
    if (long || tooDeep(bytes, 0, { length, limit: maxDepth })) {
      this.shown = shownOf(bytes, 0, length);
      return long ? "skipped" : "deep";
    }
    this.value = parseJson(decodeUtf8(bytes, 0, length));
    return this.value === NO_JSON ? "garbage" : "message";
  }

  keep(): void {
    if (!this.#lent || this.#current === undefined) return;
    this.#current = new Uint8Array(this.#current);
    this.#lent = false;
  }
}

/** Stands where a length will be. */
const ROOM = "\0\0\0\0";

/** Writes each message behind its length, for the carrier to take off. */
class WholeWriter implements MessageWriter {
  readonly #messages: string[] = [];

  add(json: string): number {
    this.#messages.push(json);
    return json.length + 4;
  }

  writeTo(buffer: OutBuffer): void {
    if (this.#messages.length === 0) return;
    const text = ROOM + this.#messages.join(ROOM);
    let at = buffer.reserve(text.length);
    if (encodeAscii(text, buffer.bytes.subarray(at, at + text.length))) {
      buffer.length = at + text.length;
      for (const { length } of this.#messages) {
        writeLength(buffer.bytes, at, length);
        at += 4 + length;
      }
    } else for (const json of this.#messages) pushMessage(buffer, encodeUtf8(json));
    this.#messages.length = 0;
  }
}

function pushMessage(buffer: OutBuffer, bytes: Uint8Array): void {
  const at = buffer.reserve(4);
  writeLength(buffer.bytes, at, bytes.length);
  buffer.length = at + 4;
  buffer.push(bytes);
}

function writeLength(bytes: Uint8Array, at: number, length: number): void {
  for (let index = 0; index < 4; index += 1) bytes[at + index] = (length >>> (8 * index)) & 0xff;
}

/** Messages on a carrier that keeps their bounds: in, a chunk is one; out, each follows its length, four bytes, little-endian. */
export const wholeMessages: Framing = {
  reader: (limits) => new WholeReader(limits),
  writer: () => new WholeWriter(),
};
