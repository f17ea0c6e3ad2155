/** RFC 6455 §5.5: a control frame has at most 125 bytes, of which the code takes two. */
const LONGEST_REASON = 123;
const encoder = new TextEncoder();

/** What a close frame says (RFC 6455 §5.5.1): nothing for 1005, which means that no code was given; else the code, and as much of the reason as fits. */
export function closePayload(code: number, reason: string): Uint8Array {
  if (code === 1005) return new Uint8Array(0);
  const payload = new Uint8Array(2 + LONGEST_REASON);
  payload[0] = code >> 8;
  payload[1] = code & 0xff;
  // Never half a character.
  const { written } = encoder.encodeInto(reason, payload.subarray(2));
  return payload.subarray(0, 2 + written);
}
