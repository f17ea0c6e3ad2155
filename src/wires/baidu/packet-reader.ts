import { InBuffer } from "../../bytes/in-buffer.js";
import { settle } from "../../bytes/settled.js";

/** Before each packet: four letters, the size of the body, and how much of that is the meta. */
export const HEAD_BYTES = 12;
const PRPC = 0x5052_5043;
const STRM = 0x5354_524d;

/**
 * What was found: a packet of a call or of a stream; one whose meta has come, and whose rest is too long and will be skipped; nothing yet; or bytes
 * after which nothing can be understood any more.
 */
export type FoundPacket = "call" | "stream" | "oversized" | "more" | "broken";

/**
 * Cuts a stream of bytes into packets (brpc's docs/cn/baidu_std.md). What is whole in the bytes that were pushed is not copied. After `call` and
 * `stream` the packet is at `metaStart` to `metaEnd` and from there to `end`, lent until the next call.
 */
export class PacketReader {
  bytes: Uint8Array = NONE;
  metaStart: number = 0;
  metaEnd: number = 0;
  end: number = 0;
  /** Why the bytes are broken, as a sentence. */
  reason: string = "";
  /** Bytes of an oversized packet that are still to be skipped. */
  skipping: number = 0;
  readonly #input: InBuffer = new InBuffer();
  readonly #maxMetaBytes: number;
  readonly #maxRestBytes: number;

  /** A meta may have `maxMetaBytes`, and what follows it `maxRestBytes`. */
  constructor(limits: { readonly maxMetaBytes: number; readonly maxRestBytes: number }) {
    this.#maxMetaBytes = limits.maxMetaBytes;
    this.#maxRestBytes = limits.maxRestBytes;
  }

  /** Bytes that belong to no whole packet yet. */
  get held(): number {
    return this.#input.held + this.skipping;
  }

  /** Bytes of the packet that was found last, from `start` on; lent, and settled where nobody writes into them any more. */
  part(start: number, end: number): Uint8Array {
    const part = this.bytes.subarray(start, end);
    return this.#input.owned ? settle(part) : part;
  }

  /** Takes a chunk, which is lent until `keep`. */
  push(chunk: Uint8Array): void {
    this.#input.push(chunk);
  }

  /** Copies what is left: the chunk goes back to its owner. */
  keep(): void {
    this.#input.keep();
  }

  /** Gives back the packet that was found last, to be found again. */
  unread(): void {
    this.#input.at = this.metaStart - HEAD_BYTES;
  }

  /** Finds the next packet. */
  next(): FoundPacket {
    const input = this.#input;
    if (this.skipping > 0) {
      const skipped = Math.min(this.skipping, input.held);
      input.at += skipped;
      this.skipping -= skipped;
      if (this.skipping > 0) return "more";
    }
    const { bytes, at, held } = input;
    input.wanted = 0;
    if (held < HEAD_BYTES) return held >= 4 && !isMagic(uint32(bytes, at)) ? this.#broken(at) : "more";
    const magic = uint32(bytes, at);
    if (!isMagic(magic)) return this.#broken(at);
    const bodyBytes = uint32(bytes, at + 4);
    const metaBytes = uint32(bytes, at + 8);
    if (metaBytes > bodyBytes || metaBytes > this.#maxMetaBytes) {
      this.reason =
        metaBytes > bodyBytes
          ? `A packet of ${bodyBytes} bytes cannot have a meta of ${metaBytes}.`
          : `A packet's meta may have ${this.#maxMetaBytes} bytes, and this one has ${metaBytes}.`;
      return "broken";
    }
    const oversized = bodyBytes - metaBytes > this.#maxRestBytes;
    const needed = HEAD_BYTES + (oversized ? metaBytes : bodyBytes);
    if (held < needed) {
      input.wanted = needed;
      return "more";
    }
    this.bytes = bytes;
    this.metaStart = at + HEAD_BYTES;
    this.metaEnd = this.end = this.metaStart + metaBytes;
    if (!oversized) {
      this.end = input.at = this.metaStart + bodyBytes;
      return magic === PRPC ? "call" : "stream";
    }
    input.at = this.metaEnd;
    this.skipping = bodyBytes - metaBytes;
    // A stream's frame belongs to something that goes on, and cannot do without it.
    if (magic === PRPC) return "oversized";
    this.reason = `A frame of a stream may have ${this.#maxRestBytes} bytes, and this one has ${this.skipping}.`;
    return "broken";
  }

  #broken(at: number): "broken" {
    const begin = Array.from(this.#input.bytes.subarray(at, at + 4), (byte) => byte.toString(16).padStart(2, "0"));
    this.reason = `A packet begins with PRPC or STRM, and this one with the bytes ${begin.join(" ")}.`;
    return "broken";
  }
}

const NONE = new Uint8Array(0);

function isMagic(word: number): boolean {
  return word === PRPC || word === STRM;
}

/** Reads a number of 32 bits, most significant byte first; the caller has seen that it is there. */
function uint32(bytes: Uint8Array, at: number): number {
  return (
    (((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)) >>> 0
  );
}
