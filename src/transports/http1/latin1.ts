/** The bytes of a text of characters up to U+00FF, one each. */
export function latin1(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "latin1"));
}

/** The text between two places of an array of bytes, one character a byte: heads are read so (RFC 9110 §5.5), whatever their encoding. */
export function latin1Text(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString("latin1");
}
