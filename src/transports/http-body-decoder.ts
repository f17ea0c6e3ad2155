import type { Transform } from "node:stream";
import { createGunzip, createInflate, createInflateRaw } from "node:zlib";
import type { ByteRange } from "../wires/http.js";
import type { Encoding } from "./http-encodings.js";

/** Hears what becomes of a coded body. */
export interface Decoded {
  /** Bytes of the body; false: no more until `resume`. */
  decoded(bytes: Uint8Array): boolean;
  /** The body was whole. */
  ended(): void;
  /** The body has more bytes than it may, or is none of its coding. The last thing heard. */
  broken(why: "large" | "corrupt"): void;
  /** There is room for more of the coded body. */
  wanting(): void;
}

/**
 * Decodes one body as it comes, in the threads of zlib. However much a few bytes may blow up to, no more than `maxBytes` are ever told,
 * and no more than a piece is made before they are taken.
 */
export class HttpBodyDecoder {
  readonly #encoding: Encoding;
  readonly #heard: Decoded;
  #room: number;
  #inflater: Transform | undefined = undefined;
  #closed = false;

  constructor(encoding: Encoding, heard: Decoded, maxBytes: number) {
    this.#encoding = encoding;
    this.#heard = heard;
    this.#room = maxBytes;
  }

  /** Takes a piece of the coded body, lent until this returns. False: wait for `wanting` before the next. */
  data(bytes: Uint8Array, { start, end }: ByteRange, last: boolean): boolean {
    if (this.#closed) return true;
    if (this.#inflater === undefined && start < end) this.#inflater = this.#open(bytes[start] ?? 0);
    const inflater = this.#inflater;
    if (inflater === undefined) {
      // No body at all, whatever its coding.
      if (last) this.#finish();
      return true;
    }
    // zlib reads in another thread, and in a later turn.
    const more = start === end || inflater.write(Buffer.from(bytes.subarray(start, end)));
    if (last) inflater.end();
    return more || last;
  }

  /** The hearer takes bytes again. */
  resume(): void {
    this.#inflater?.resume();
  }

  /** Nothing more is heard. */
  close(): void {
    this.#closed = true;
    this.#inflater?.destroy();
  }

  #open(first: number): Transform {
    const inflater = this.#make(first);
    inflater.on("data", (bytes: Buffer) => this.#decoded(bytes));
    inflater.on("drain", () => {
      if (!this.#closed) this.#heard.wanting();
    });
    inflater.on("end", () => this.#finish());
    inflater.on("error", () => this.#break("corrupt"));
    return inflater;
  }

  #make(first: number): Transform {
    if (this.#encoding === "gzip") return createGunzip();
    // RFC 9110 §8.4.1.2: some send deflate without the wrapping of zlib (RFC 1950), which begins with this method.
    return (first & 0x0f) === 8 ? createInflate() : createInflateRaw();
  }

  #decoded(bytes: Uint8Array): void {
    if (this.#closed) return;
    this.#room -= bytes.length;
    if (this.#room < 0) this.#break("large");
    else if (!this.#heard.decoded(bytes) && !this.#closed) this.#inflater?.pause();
  }

  #finish(): void {
    if (this.#closed) return;
    this.close();
    this.#heard.ended();
  }

  #break(why: "large" | "corrupt"): void {
    if (this.#closed) return;
    this.close();
    this.#heard.broken(why);
  }
}
