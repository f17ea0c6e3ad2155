import type { Range } from "./rpc-meta.js";

/** FNV-1a over a range of some bytes, which has to be within them; 30 bits, so that the number is a small one. `seed` goes on from another range. */
export function hashOf(bytes: Uint8Array, { start, end }: Range, seed: number): number {
  let hash = seed ^ 0x811c_9dc5;
  for (let at = start; at < end; at += 1) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x0100_0193);
  return hash & 0x3fff_ffff;
}
