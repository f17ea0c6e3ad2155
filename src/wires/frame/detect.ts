import type { Limits, Verdict } from "../wire.js";
import { readLength } from "./codec.js";

const BRACE = 0x7b;
/** A length that no text could be taken for: four printable characters make a larger one in either order. */
const BINARY = 0x1fff_ffff;

/**
 * A connection is this wire's if it begins with the length of a frame, in either byte order, within the message limit;
 * or, so that an oversized frame gets its proper error, with any length that cannot be text and then `{`.
 */
export function detectFrame(prefix: Uint8Array, limits: Limits): Verdict {
  if (prefix.length < 4) return "more";
  // A ClientHello (RFC 8446 §5.1, §4) begins with what may be a length, and goes on with what no JSON holds.
  if (prefix[0] === 0x16 && prefix[1] === 0x03) {
    if (prefix.length < 6) return "more";
    if (prefix[5] === 0x01) return "other";
  }
  const length = Math.min(readLength(prefix, 0, "little"), readLength(prefix, 0, "big"));
  if (length <= limits.maxMessageBytes) return "mine";
  if (length > BINARY) return "other";
  return prefix.length < 5 ? "more" : prefix[4] === BRACE ? "mine" : "other";
}
