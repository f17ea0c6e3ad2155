import { decodeUtf8 } from "../../bytes/utf8.js";
import type { ByteRange } from "../http.js";

/** The encodings of XML that are read. */
export type Encoding = "utf-8" | "utf-16le" | "utf-16be" | "iso-8859-1" | "us-ascii";

/** What is known of how bytes are to be read. */
export interface Sniffed {
  /** Undefined: one that is not read, or whose name the bytes belie. */
  readonly encoding: Encoding | undefined;
  /** The name that it was given, for messages. */
  readonly name: string;
  /** Bytes of a byte order mark, which are no text. */
  readonly skip: number;
}

/** An XML declaration is looked for in so many bytes. */
const DECLARATION_BYTES = 1024;

/** How it begins: `<?xml`. */
const OPENING: readonly number[] = [0x3c, 0x3f, 0x78, 0x6d, 0x6c];

/** Names of encodings in lower case; `utf-16` stands for either order. */
const NAMES: ReadonlyMap<string, Encoding | "utf-16"> = new Map([
  ["utf-8", "utf-8"],
  ["utf8", "utf-8"],
  ["utf-16", "utf-16"],
  ["utf16", "utf-16"],
  ["utf-16le", "utf-16le"],
  ["utf-16be", "utf-16be"],
  ["iso-8859-1", "iso-8859-1"],
  ["iso8859-1", "iso-8859-1"],
  ["iso_8859-1", "iso-8859-1"],
  ["latin-1", "iso-8859-1"],
  ["latin1", "iso-8859-1"],
  ["l1", "iso-8859-1"],
  ["us-ascii", "us-ascii"],
  ["ascii", "us-ascii"],
]);

/** First bytes that tell the encoding: byte order marks, and the `<?` of UTF-16 (XML 1.0, appendix F). */
const MARKS: readonly { readonly bytes: readonly number[]; readonly encoding: Encoding; readonly skip: number }[] = [
  { bytes: [0xef, 0xbb, 0xbf], encoding: "utf-8", skip: 3 },
  { bytes: [0xff, 0xfe], encoding: "utf-16le", skip: 2 },
  { bytes: [0xfe, 0xff], encoding: "utf-16be", skip: 2 },
  { bytes: [0x3c, 0x00, 0x3f, 0x00], encoding: "utf-16le", skip: 0 },
  { bytes: [0x00, 0x3c, 0x00, 0x3f], encoding: "utf-16be", skip: 0 },
];

/**
 * Finds out how a document is encoded: by its byte order mark, then by the `charset` it was sent with, then by its XML declaration; else
 * it is UTF-8 (RFC 7303 §3). Undefined: more bytes are needed, unless these are `all`.
 */
export function sniff(
  bytes: Uint8Array,
  { start, end }: ByteRange,
  known: { readonly charset: string | undefined; readonly all: boolean },
): Sniffed | undefined {
  const { charset, all } = known;
  const first = bytes[start] ?? 0;
  // Nearly every document begins with `<?xml` or `<m`, in ASCII.
  const plain = first === 0x3c && end - start > 1 && bytes[start + 1] !== 0x00;
  const mark = plain ? undefined : markOf(bytes, start, end);
  if (mark === "more" && !all) return undefined;
  if (typeof mark === "object" && (mark.skip > 0 || charset === undefined)) {
    return { encoding: mark.encoding, name: mark.encoding, skip: mark.skip };
  }
  const marked = typeof mark === "object" ? mark.encoding : undefined;
  if (charset !== undefined) return named(charset, marked ?? "utf-16be");
  const declared = declaration(bytes, start, end);
  if (declared === undefined && !all && end - start < DECLARATION_BYTES) return undefined;
  // A declaration that was read as ASCII cannot have been UTF-16.
  return named(declared ?? "utf-8", undefined);
}

function named(name: string, wide: Encoding | undefined): Sniffed {
  const found = NAMES.get(name.toLowerCase());
  const encoding = found === "utf-16" ? wide : found;
  const belied = wide === undefined && (encoding === "utf-16le" || encoding === "utf-16be");
  return { encoding: belied ? undefined : encoding, name, skip: 0 };
}

function markOf(bytes: Uint8Array, start: number, end: number): (typeof MARKS)[number] | "more" | undefined {
  let more = false;
  for (const mark of MARKS) {
    const length = Math.min(mark.bytes.length, end - start);
    let same = 0;
    while (same < length && bytes[start + same] === mark.bytes[same]) same += 1;
    if (same === mark.bytes.length) return mark;
    more ||= same === length;
  }
  return more ? "more" : undefined;
}

/** The encoding that an XML declaration names, or the usual one; undefined: the declaration is not over, if it is one. */
function declaration(bytes: Uint8Array, start: number, end: number): string | undefined {
  let at = start;
  while (at < end && isSpace(bytes[at])) at += 1;
  for (let i = 0; i < OPENING.length; i += 1, at += 1) {
    if (at === end) return undefined;
    if (bytes[at] !== OPENING[i]) return "utf-8";
  }
  const until = Math.min(end, at + DECLARATION_BYTES) - 1;
  for (let close = at; close < until; close += 1) {
    if (bytes[close] !== 0x3f || bytes[close + 1] !== 0x3e) continue;
    // Byte by byte only where it has to be.
    const text = decodeUtf8(bytes, at, close) ?? String.fromCharCode(...bytes.subarray(at, close));
    return /\sencoding\s*=\s*["']([^"']*)["']/u.exec(text)?.[1] ?? "utf-8";
  }
  return undefined;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
