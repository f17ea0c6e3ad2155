import type { OutBuffer } from "../../bytes/out-buffer.js";
import { type FrameOptions, wsLibrary } from "./ws-library.js";

/** The kinds of frames that are sent here, each whole, and their opcodes (RFC 6455 §5.2). */
const OPCODES = { text: 1, close: 8, ping: 9, pong: 10 } as const;

/** What a frame is for. */
export type FrameKind = keyof typeof OPCODES;

/** Who sends frames: a client masks them (RFC 6455 §5.3). */
export type Side = "client" | "server";

/** Bytes that a frame adds to its payload at most: the head with the longest length, and the mask. */
export const FRAME_OVERHEAD = 14;
/** Before each message of an inner session stands its length. */
const LENGTH_BYTES = 4;

/** Writes frames into a buffer. A client masks payloads where they lie: they are used up. */
export class FrameWriter {
  readonly #output: OutBuffer;
  readonly #options: Readonly<Record<FrameKind, FrameOptions>>;

  constructor(output: OutBuffer, side: Side) {
    const of = (kind: FrameKind): FrameOptions => ({
      fin: true,
      opcode: OPCODES[kind],
      mask: side === "client",
      readOnly: false,
      rsv1: false,
    });
    this.#output = output;
    this.#options = { text: of("text"), close: of("close"), ping: of("ping"), pong: of("pong") };
  }

  /** Adds one frame. */
  frame(kind: FrameKind, payload: Uint8Array): void {
    const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.length);
    for (const part of wsLibrary().Sender.frame(bytes, this.#options[kind])) this.#output.push(part);
  }

  /** Adds a frame of text for each message, as inner sessions leave them: behind its length, four bytes, little-endian. */
  messages({ bytes, length }: OutBuffer): void {
    if (length === 0) return;
    const view = new DataView(bytes.buffer, bytes.byteOffset, length);
    for (let at = 0; at < length;) {
      const start = at + LENGTH_BYTES;
      at = start + view.getUint32(at, true);
      this.frame("text", bytes.subarray(start, at));
    }
  }
}
