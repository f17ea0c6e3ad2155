import type { OutBuffer } from "../../bytes/out-buffer.js";

/** Reads 32 bits, most significant byte first. */
export function readUint32(bytes: Uint8Array, at: number): number {
  return (
    (((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)) >>> 0
  );
}

/** Writes 32 bits, most significant byte first. */
export function writeUint32(out: OutBuffer, value: number): void {
  const at = out.reserve(4);
  const { bytes } = out;
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
  out.length = at + 4;
}
