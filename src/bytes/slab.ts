import { isSettled } from "./settled.js";

/** Copies are cut from pieces of memory of this size; larger ones have their own. */
const SLAB_BYTES = 8192;
const LARGEST = SLAB_BYTES / 8;
let slab = new Uint8Array(SLAB_BYTES);
let used = 0;

/**
 * Copies bytes that are lent. Small copies share a piece of memory, as node's Buffers do: an array of its own, that somebody looks at through a
 * DataView, costs more than all else that is done to a small message. One that is kept holds 8 KiB. What is settled is given as it is.
 */
export function copyOf(bytes: Uint8Array): Uint8Array {
  const { length } = bytes;
  if (length > LARGEST) return isSettled(bytes) ? bytes : bytes.slice();
  if (used + length > SLAB_BYTES) {
    slab = new Uint8Array(SLAB_BYTES);
    used = 0;
  }
  const copy = slab.subarray(used, used + length);
  copy.set(bytes);
  used += length;
  return copy;
}
