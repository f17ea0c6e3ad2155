/** Copying less than this costs less than asking whether it is needed. */
const LEAST_BYTES = 65_536;
const settled: WeakSet<Uint8Array> = new WeakSet();

/** Says that nobody writes into these bytes any more: whoever is lent them may keep them. Returns them; where they are few, nothing is noted. */
export function settle(bytes: Uint8Array): Uint8Array {
  if (bytes.length >= LEAST_BYTES) settled.add(bytes);
  return bytes;
}

/** Whether lent bytes may be kept without a copy. */
export function isSettled(bytes: Uint8Array): boolean {
  return bytes.length >= LEAST_BYTES && settled.has(bytes);
}
