import type { OutBuffer } from "../../bytes/out-buffer.js";

/** The types of frames (RFC 9113 §6). */
export const FRAME = {
  data: 0,
  headers: 1,
  priority: 2,
  rstStream: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

/** The flags of frames; what a bit means depends on the type. */
export const FLAG = { ack: 1, endStream: 1, endHeaders: 4, padded: 8, priority: 0x20 } as const;

/** Bytes before a frame's payload (§4.1). */
export const HEAD_BYTES = 9;

/** Writes the head of a frame; its payload of `length` bytes follows. */
export function writeFrameHead(
  out: OutBuffer,
  length: number,
  frame: { type: number; flags: number; id: number },
): void {
  const at = out.reserve(HEAD_BYTES + length);
  const { bytes } = out;
  const { type, flags, id } = frame;
  bytes[at] = length >>> 16;
  bytes[at + 1] = length >>> 8;
  bytes[at + 2] = length;
  bytes[at + 3] = type;
  bytes[at + 4] = flags;
  bytes[at + 5] = id >>> 24;
  bytes[at + 6] = id >>> 16;
  bytes[at + 7] = id >>> 8;
  bytes[at + 8] = id;
  out.length = at + HEAD_BYTES;
}
