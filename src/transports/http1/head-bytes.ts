import type { InBuffer } from "../../bytes/in-buffer.js";
import type { OutBuffer } from "../../bytes/out-buffer.js";
import type { HttpAnswer, HttpRequest } from "../../wires/http.js";

/** The words for the statuses that are sent here; others go without (RFC 9112 §4). */
const REASONS: Readonly<Record<number, string>> = {
  101: "Switching Protocols",
  200: "OK",
  204: "No Content",
  400: "Bad Request",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  408: "Request Timeout",
  413: "Content Too Large",
  414: "URI Too Long",
  415: "Unsupported Media Type",
  426: "Upgrade Required",
  431: "Request Header Fields Too Large",
  500: "Internal Server Error",
  501: "Not Implemented",
  503: "Service Unavailable",
  505: "HTTP Version Not Supported",
};

const answers: WeakMap<HttpAnswer, Uint8Array> = new WeakMap();

/** The status line and fields of an answer, without those of the framing and the empty line; kept for the next time the same object is sent. */
export function answerBytes(answer: HttpAnswer): Uint8Array {
  const known = answers.get(answer);
  if (known !== undefined) return known;
  const bytes = latin1(`HTTP/1.1 ${answer.status} ${REASONS[answer.status] ?? ""}\r\n${fieldLines(answer.fields)}`);
  answers.set(answer, bytes);
  return bytes;
}

/** Field lines, each with its line end. What would end a line early becomes a space. */
export function fieldLines(fields: HttpRequest["fields"]): string {
  // oxlint-disable-next-line no-control-regex -- RFC 9110 §5.5: what may not stand in a value
  return fields.map(([name, value]) => `${name}: ${value.replaceAll(/[\r\n\u0000]/gu, " ")}\r\n`).join("");
}

/** The bytes of a text of characters up to U+00FF. */
export function latin1(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "latin1"));
}

/** Where the next head in a buffer ends, that is, where its last line end begins; -1 while that has not come. */
export function findHeadEnd({ bytes, at, until }: InBuffer, from: number): number {
  // The line end before the empty line, and the empty line.
  for (let i = Math.max(at, from) + 3; i < until; i += 1) {
    const byte = bytes[i] ?? 0;
    if (byte === LF) {
      if (bytes[i - 1] === CR && bytes[i - 2] === LF && bytes[i - 3] === CR) return i - 3;
    } else if (byte !== CR) i += 3; // what is neither is none of the four, so they end after it at the earliest
  }
  return -1;
}

const CR = 0x0d;
const LF = 0x0a;

/** The head between two places of a buffer, one character a byte. */
export function headText(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString("latin1");
}

const LENGTH = latin1("content-length: ");
const CLOSE = latin1("connection: close\r\n");
const KEEP = latin1("connection: keep-alive\r\n");
const encoder = new TextEncoder();
/** A text as long as this is encoded on its own: room for three bytes a character would be too much. */
const LONG_TEXT = 16_384;

/** How the connection goes on after a message: as the version has it, or as a field says. */
export type Persistence = "close" | "keep-alive" | undefined;

/** Writes a head with a body of known length (RFC 9112 §6.2). `shown` false leaves the body out, as for a HEAD. */
export function writeWhole(
  out: OutBuffer,
  head: Uint8Array,
  { body, persistence, shown }: { body: string | Uint8Array; persistence: Persistence; shown: boolean },
): void {
  const kept = persistence === undefined ? 0 : persistence === "close" ? CLOSE.length : KEEP.length;
  if (typeof body === "string" && body.length <= LONG_TEXT && shown) {
    const digits = digitsOf(body.length);
    const before = head.length + kept + LENGTH.length + digits + 4;
    const at = out.reserve(before + body.length * 3);
    const start = at + before;
    const { written } = encoder.encodeInto(body, out.bytes.subarray(start, start + body.length * 3));
    // Other than ASCII, the body may need another digit for its length.
    const wider = digitsOf(written) - digits;
    if (wider > 0) out.bytes.copyWithin(start + wider, start, start + written);
    writeHead(out, head, persistence);
    writeLength(out, written);
    out.length += written;
    return;
  }
  const bytes = typeof body === "string" ? encoder.encode(body) : body;
  writeHead(out, head, persistence);
  writeLength(out, bytes.length);
  if (shown) out.push(bytes);
}

/** Writes a head up to its framing: the fields, and how the connection goes on. */
export function writeHead(out: OutBuffer, head: Uint8Array, persistence: Persistence): void {
  out.push(head);
  if (persistence !== undefined) out.push(persistence === "close" ? CLOSE : KEEP);
}

function writeLength(out: OutBuffer, length: number): void {
  out.push(LENGTH);
  const digits = digitsOf(length);
  const at = out.reserve(digits + 4);
  const { bytes } = out;
  for (let i = at + digits - 1, rest = length; i >= at; i -= 1) {
    bytes[i] = 0x30 + (rest % 10);
    rest = Math.floor(rest / 10);
  }
  bytes[at + digits] = bytes[at + digits + 2] = CR;
  bytes[at + digits + 1] = bytes[at + digits + 3] = LF;
  out.length = at + digits + 4;
}

function digitsOf(number: number): number {
  let digits = 1;
  for (let rest = number; rest >= 10; rest = Math.floor(rest / 10)) digits += 1;
  return digits;
}
