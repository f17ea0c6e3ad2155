import type { OutBuffer } from "../../bytes/out-buffer.js";
import type { FrameHead } from "./frame.js";
import { writeUint32 } from "./numbers.js";

/** Bytes before a frame's payload (RFC 9113 §4.1). */
export const HEAD_BYTES = 9;

/** Writes the head of a frame and makes room for its payload of `length` bytes, which follows. */
export function writeFrameHead(out: OutBuffer, length: number, { type, flags, id }: FrameHead): void {
  const at = out.reserve(HEAD_BYTES + length);
  const { bytes } = out;
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

/** Writes a frame whose payload is numbers of 32 bits: RST_STREAM, WINDOW_UPDATE, GOAWAY. */
export function writeNumbers(out: OutBuffer, head: FrameHead, numbers: readonly number[]): void {
  writeFrameHead(out, numbers.length * 4, head);
  for (const number of numbers) writeUint32(out, number);
}
