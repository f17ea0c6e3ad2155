import type { Verdict } from "../wire.js";

/** How a packet of a call begins: `PRPC`. */
const MAGIC: readonly number[] = [0x50, 0x52, 0x50, 0x43];

/** A connection is this wire's if it begins with `PRPC`. */
export function detectBaidu(prefix: Uint8Array): Verdict {
  const same = MAGIC.every((byte, at) => at >= prefix.length || prefix[at] === byte);
  if (!same) return "other";
  return prefix.length < MAGIC.length ? "more" : "mine";
}
