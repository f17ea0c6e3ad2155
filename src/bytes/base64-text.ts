/** Encodes bytes as base64 without padding, as header fields and JSON of RPC protocols have it (RFC 4648 §3.2). */
export function encodeUnpadded(bytes: Uint8Array): string {
  let text = "";
  // Such bytes are few: an encoder of our own would cost pages more to load than it saves.
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text).replace(/={1,2}$/u, "");
}

/** Decodes base64, padded or not, of either alphabet (RFC 4648 §4, §5); undefined where the text is none. */
export function decodeAnyBase64(text: string): Uint8Array | undefined {
  const digits = text
    .replace(/={1,2}$/u, "")
    .replaceAll("-", "+")
    .replaceAll("_", "/");
  // atob() passes over white space, which has no place in a field.
  if (digits.length % 4 === 1 || !/^[A-Za-z0-9+/]*$/u.test(digits)) return undefined;
  return Uint8Array.from(atob(digits), (char) => char.charCodeAt(0));
}
