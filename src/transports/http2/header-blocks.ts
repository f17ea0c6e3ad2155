import type { Limits } from "../../wires/wire.js";
import type { Abuse } from "./abuse.js";
import type { ErrorCode } from "./error-code.js";
import { FLAG, type Frame, unpad } from "./frame.js";
import { MAX_FRAME_BYTES } from "./frame-reader.js";
import { type HeaderBlock, HpackDecoder } from "./hpack-decoder.js";
import type { Http2Limits } from "./http2-limits.js";
import { readUint32 } from "./numbers.js";

/** The table for the peer's header blocks: what the protocol begins with (RFC 9113 §6.5.2). */
const TABLE_BYTES = 4096;

/** What ends a connection, and why. */
export interface Violation {
  readonly code: ErrorCode;
  readonly reason: string;
  /** What it is counted as, where it costs more than it breaks. */
  readonly abuse?: Abuse;
}

/** Makes header blocks of HEADERS and CONTINUATION frames (RFC 9113 §4.3). */
export class HeaderBlocks {
  /** The stream whose block is not whole; 0: none. */
  open: number = 0;
  readonly #decoder: HpackDecoder;
  readonly #mostBytes: number;
  readonly #mostFrames: number;
  #bytes: Uint8Array = NONE;
  #length = 0;
  #frames = 0;
  #flags = 0;

  constructor({ maxHeaderBytes }: Pick<Limits, "maxHeaderBytes">, { maxContinuations }: Http2Limits) {
    this.#decoder = new HpackDecoder(TABLE_BYTES, maxHeaderBytes);
    // A block of the largest list, unlucky in how it was coded; what is larger is not worth the memory.
    this.#mostBytes = Math.max(maxHeaderBytes * 2, MAX_FRAME_BYTES);
    this.#mostFrames = maxContinuations;
  }

  /** Whether the block that was last whole is the last of its peer's message. */
  get endStream(): boolean {
    return (this.#flags & FLAG.endStream) !== 0;
  }

  /** Takes HEADERS (§6.2). Undefined: the block is not whole. */
  begin(frame: Frame): HeaderBlock | Violation | undefined {
    const { flags, id, bytes } = frame;
    if (!unpad(frame)) return { code: "PROTOCOL_ERROR", reason: "A frame has more padding than payload." };
    if ((flags & FLAG.priority) !== 0) {
      if (frame.end - frame.start < 5)
        return { code: "FRAME_SIZE_ERROR", reason: "A HEADERS frame is too short for its priority." };
      // §5.3: priorities are read and mean nothing; depending on oneself was an error, and peers test for it.
      if ((readUint32(bytes, frame.start) & 0x7fff_ffff) === id)
        return { code: "PROTOCOL_ERROR", reason: "A stream depends on itself." };
      frame.start += 5;
    }
    this.#flags = flags;
    if ((flags & FLAG.endHeaders) !== 0) return this.#decode(bytes, frame.start, frame.end);
    this.open = id;
    this.#frames = this.#length = 0;
    this.#bytes = NONE;
    this.#add(frame);
    return undefined;
  }

  /** Takes CONTINUATION (§6.10). Undefined: the block is still not whole. */
  goOn(frame: Frame): HeaderBlock | Violation | undefined {
    if (this.open === 0) return { code: "PROTOCOL_ERROR", reason: "A CONTINUATION continues nothing." };
    this.#frames += 1;
    if (this.#length + frame.end - frame.start > this.#mostBytes || this.#frames > this.#mostFrames)
      return { code: "ENHANCE_YOUR_CALM", reason: "A header block goes on for too long.", abuse: "blocks" };
    this.#add(frame);
    if ((frame.flags & FLAG.endHeaders) === 0) return undefined;
    const bytes = this.#bytes;
    this.open = 0;
    this.#bytes = NONE;
    return this.#decode(bytes, 0, this.#length);
  }

  #add({ bytes, start, end }: Frame): void {
    const length = this.#length + end - start;
    if (length > this.#bytes.length) {
      const larger = new Uint8Array(length * 2);
      larger.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = larger;
    }
    this.#bytes.set(bytes.subarray(start, end), this.#length);
    this.#length = length;
  }

  #decode(bytes: Uint8Array, start: number, end: number): HeaderBlock | Violation {
    return (
      this.#decoder.decode(bytes, start, end) ?? {
        code: "COMPRESSION_ERROR",
        reason: "A header block cannot be decoded.",
      }
    );
  }
}

const NONE = new Uint8Array(0);
