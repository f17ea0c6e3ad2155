import { isSettled } from "./settled.js";

/** Copies are cut from pieces of memory of this size; larger ones have their own. */
const SLAB_BYTES = 8192;
const LARGEST = SLAB_BYTES / 8;
/** So few bytes are copied faster one by one than by a view of them. */
const FEW = 64;
let slab = new Uint8Array(SLAB_BYTES);
let used = 0;

/**
 * Copies bytes that are lent. Small copies share a piece of memory, as node's Buffers do: an array of its own, that somebody looks at through a
 * DataView, costs more than all else that is done to a small message. One that is kept holds 8 KiB. What is settled, or such a copy, is given as it is.
 */
export function copyOf(bytes: Uint8Array): Uint8Array {
  const { length } = bytes;
  // Not `slice`: that of a Buffer copies nothing.
  if (length > LARGEST) return isSettled(bytes) ? bytes : new Uint8Array(bytes);
  return bytes.buffer === slab.buffer ? bytes : cut(bytes, 0, length);
}

/** The bytes from `start` to `end`: few are copied, as `copyOf` does, so that whoever keeps them need not; many are a view, as lent as `bytes`. */
export function pieceOf(bytes: Uint8Array, start: number, end: number): Uint8Array {
  return end - start > LARGEST ? bytes.subarray(start, end) : cut(bytes, start, end);
}

function cut(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const length = end - start;
  if (used + length > SLAB_BYTES) {
    slab = new Uint8Array(SLAB_BYTES);
    used = 0;
  }
  const at = used;
  used += length;
  if (length > FEW) slab.set(bytes.subarray(start, end), at);
  else for (let i = 0; i < length; i += 1) slab[at + i] = bytes[start + i] ?? 0;
  return slab.subarray(at, used);
}
