const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Says whether JSON text (as UTF-8, from `start` to `end`) nests arrays and objects deeper than `limit`. Read from the bytes, before parsing,
 * so that no deep value is ever made. Text that is no JSON gets some answer.
 */
export function deeperThan(
  bytes: Uint8Array,
  range: { readonly start: number; readonly end: number; readonly limit: number },
): boolean {
  const { start, end, limit } = range;
  // So many brackets need two bytes each.
  if (end - start <= limit * 2) return false;
  let depth = 0;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      at += 1;
      while (at < end && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
    } else if (byte === 0x7b || byte === 0x5b) {
      depth += 1;
      if (depth > limit) return true;
    } else if (byte === 0x7d || byte === 0x5d) depth -= 1;
  }
  return false;
}
