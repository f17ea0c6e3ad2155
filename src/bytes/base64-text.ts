import { Base64Decoder, encodeBase64 } from "./base64.js";

/** Encodes bytes as base64 without padding, as header fields and JSON of RPC protocols have it (RFC 4648 §3.2). */
export function encodeUnpadded(bytes: Uint8Array): string {
  return encodeBase64(bytes).replace(/={1,2}$/u, "");
}

/** Decodes base64, padded or not, of either alphabet (RFC 4648 §4, §5); undefined where the text is none. */
export function decodeAnyBase64(text: string): Uint8Array | undefined {
  // The decoder passes over white space, which has no place in a field.
  if (/\s/u.test(text)) return undefined;
  let end = text.length;
  // At most two signs are padding.
  while (end > text.length - 2 && text[end - 1] === "=") end -= 1;
  const digits = text.slice(0, end).replaceAll("-", "+").replaceAll("_", "/");
  const decoder = new Base64Decoder();
  return decoder.push(digits.padEnd(Math.ceil(end / 4) * 4, "=")) ? decoder.finish() : undefined;
}
