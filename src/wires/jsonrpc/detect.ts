import type { Verdict } from "../wire.js";

/** Names that a header part may begin with. */
const FIELDS: readonly string[] = ["content-length:", "content-type:"];
/** So many bytes are needed to tell text from the length of a frame, which may begin with any character. */
const TEXT_BYTES = 4;

/**
 * A connection is this wire's if it begins with an opening bracket, after blanks if need be, or with a field of a header part. Among the first four
 * bytes there has to be no control character but blanks: 123 bytes of JSON behind a length begin with the character `{`, too.
 */
export function detectJsonRpc(prefix: Uint8Array): Verdict {
  let start = -1;
  for (let at = 0; at < prefix.length; at += 1) {
    const byte = prefix[at] ?? 0;
    const blank = byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
    if (at < TEXT_BYTES && byte < 0x20 && !blank) return "other";
    if (start < 0 && !blank) start = at;
    if (start >= 0 && at >= TEXT_BYTES - 1) break;
  }
  if (start < 0) return "more";
  const first = prefix[start];
  if (first === 0x7b || first === 0x5b) return prefix.length < TEXT_BYTES ? "more" : "mine";
  return start > 0 ? "other" : detectField(prefix);
}

function detectField(prefix: Uint8Array): Verdict {
  const text = String.fromCharCode(...prefix.subarray(0, 16)).toLowerCase();
  if (FIELDS.some((field) => text.startsWith(field))) return "mine";
  return FIELDS.some((field) => field.startsWith(text)) ? "more" : "other";
}
