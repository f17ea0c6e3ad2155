/** What a byte may be part of: nothing, a field's value (RFC 9110 §5.5), or a token (§5.6.2) and a value. */
export const BYTE_KINDS: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (/[!#$%&'*+\-.^_`|~0-9A-Za-z]/u.test(String.fromCharCode(byte))) return 2;
  return byte === 0x09 || (byte >= 0x20 && byte !== 0x7f) ? 1 : 0;
});

/** The kind of a byte that may stand in a value, but in no token. */
export const VALUE_BYTE = 1;

/** The kind of a byte that may stand in a token. */
export const TOKEN_BYTE = 2;
