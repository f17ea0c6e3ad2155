const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const strict = new TextDecoder("utf-8", { ignoreBOM: true, fatal: true });

/** Node's own decoder, where there is one: half the time of TextDecoder on short texts. */
type Slice = (this: Uint8Array, start: number, end: number) => string;
// Absent in browsers, and not declared by node.
const host = globalThis as { Buffer?: { prototype: { utf8Slice?: Slice } } };
const slice: Slice | undefined = host.Buffer?.prototype.utf8Slice;

/** Decodes bytes `start` to `end` as UTF-8; undefined where they are not UTF-8. */
export function decodeUtf8(bytes: Uint8Array, start: number, end: number): string | undefined {
  const text = slice === undefined ? decoder.decode(bytes.subarray(start, end)) : slice.call(bytes, start, end);
  // Invalid bytes have become U+FFFD; only a text with one needs the strict look.
  if (!text.includes("\uFFFD")) return text;
  try {
    return strict.decode(bytes.subarray(start, end));
  } catch {
    return undefined;
  }
}

/** Encodes a text as UTF-8. */
export function encodeUtf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Writes a text of ASCII to `target`, which must be as long; false (with nothing said of `target`) where the text holds anything else. */
export function encodeAscii(text: string, target: Uint8Array): boolean {
  // All was read, and there was room for one byte a character only.
  return encoder.encodeInto(text, target).read === text.length;
}
