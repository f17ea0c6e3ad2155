import type { InBuffer } from "../../bytes/in-buffer.js";

/** What `findHeadEnd` returns where a line ends without a CR: a head that other readers might cut elsewhere (RFC 9112 §2.2). */
export const BARE_LF = -2;

/**
 * Where the next head in a buffer ends, that is, where its last line end begins; -1 while that has not come. `searched` says how many bytes
 * have been looked at before.
 */
export function findHeadEnd({ bytes, at, until }: InBuffer, searched: number): number {
  for (let i = at + searched; i < until; i += 1) {
    if (bytes[i] !== LF) continue;
    // An empty first line is one too many as well.
    if (i < at + 2 || bytes[i - 1] !== CR) return BARE_LF;
    if (i >= at + 3 && bytes[i - 2] === LF) return i - 3;
  }
  return -1;
}

const CR = 0x0d;
const LF = 0x0a;
