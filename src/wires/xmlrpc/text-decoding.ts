import { decodeUtf8 } from "../../bytes/utf8.js";
import type { ByteRange } from "../http.js";
import type { Encoding } from "./encoding.js";

/** Characters that are made of bytes at once: so many arguments a function can take for sure. */
const AT_ONCE = 8192;

/** Decodes one document, in pieces cut anywhere. */
export class TextDecoding {
  readonly #encoding: Encoding;
  #decoder: InstanceType<typeof TextDecoder> | undefined = undefined;

  constructor(encoding: Encoding) {
    this.#encoding = encoding;
  }

  /** The text of more bytes; `last`: no others follow. Undefined: they are not of this encoding. */
  decode(bytes: Uint8Array, { start, end }: ByteRange, last: boolean): string | undefined {
    if (this.#encoding === "iso-8859-1") return latin1(bytes, start, end);
    if (this.#encoding === "us-ascii") return ascii(bytes, start, end);
    // A whole document needs no memory of what was cut.
    if (last && this.#decoder === undefined && this.#encoding === "utf-8") return decodeUtf8(bytes, start, end);
    this.#decoder ??= new TextDecoder(this.#encoding, { fatal: true, ignoreBOM: true });
    try {
      return this.#decoder.decode(bytes.subarray(start, end), { stream: !last });
    } catch {
      return undefined;
    }
  }
}

/** ISO-8859-1 itself: every byte is the character of its number, which the encoding of that name on the web is not. */
function latin1(bytes: Uint8Array, start: number, end: number): string {
  let text = "";
  for (let at = start; at < end; at += AT_ONCE)
    text += String.fromCharCode(...bytes.subarray(at, Math.min(at + AT_ONCE, end)));
  return text;
}

function ascii(bytes: Uint8Array, start: number, end: number): string | undefined {
  for (let at = start; at < end; at += 1) if ((bytes[at] ?? 0) >= 0x80) return undefined;
  return decodeUtf8(bytes, start, end);
}
