import { decodeUtf8, encodeUtf8 } from "../../bytes/utf8.js";

/** What `grpc-message` carries as it is: printable ASCII but `%`. */
const PLAIN = /^[ -$&-~]*$/u;

/** Writes a text as `grpc-message` has it: bytes of its UTF-8 that are not printable ASCII, and `%`, as `%XX`. */
export function percentEncoded(text: string): string {
  if (PLAIN.test(text)) return text;
  let encoded = "";
  for (const byte of encodeUtf8(text)) {
    const isPlain = byte >= 0x20 && byte <= 0x7e && byte !== 0x25;
    encoded += isPlain ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return encoded;
}

/** Reads such a text; what is no code stays as it is. */
export function percentDecoded(text: string): string {
  if (!text.includes("%")) return text;
  const bytes: number[] = [];
  for (let i = 0; i < text.length; i += 1) {
    const hex = text[i] === "%" ? /^[0-9a-fA-F]{2}$/u.exec(text.slice(i + 1, i + 3))?.[0] : undefined;
    if (hex === undefined) bytes.push(text.charCodeAt(i) & 0xff);
    else {
      bytes.push(Number.parseInt(hex, 16));
      i += 2;
    }
  }
  const all = Uint8Array.from(bytes);
  return decodeUtf8(all, 0, all.length) ?? text;
}
