import type { OutBuffer } from "../../bytes/out-buffer.js";
import { latin1 } from "./latin1.js";

const LENGTH = latin1("content-length: ");
const CLOSE = latin1("connection: close\r\n");
const KEEP = latin1("connection: keep-alive\r\n");
const LINE_END = latin1("\r\n");
const LAST_CHUNK = latin1("0\r\n\r\n");
const encoder = new TextEncoder();
/** A text longer than this is encoded on its own: room for three bytes a character would be too much. */
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
    // Other than ASCII, the body may need another digit for its length: three times a number has one digit more at most.
    const at = out.reserve(before + 1 + body.length * 3);
    const start = at + before;
    const { written } = encoder.encodeInto(body, out.bytes.subarray(start, start + body.length * 3));
    if (digitsOf(written) > digits) out.bytes.copyWithin(start + 1, start, start + written);
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

/** Writes a piece of a body as a chunk, and the end of the body after the last (RFC 9112 §7.1). An empty piece is no chunk: that would be the end. */
export function writeChunk(out: OutBuffer, body: string | Uint8Array, last: boolean): void {
  const bytes = typeof body === "string" ? encoder.encode(body) : body;
  if (bytes.length > 0) {
    out.push(latin1(`${bytes.length.toString(16)}\r\n`));
    out.push(bytes);
    out.push(LINE_END);
  }
  if (last) out.push(LAST_CHUNK);
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

const CR = 0x0d;
const LF = 0x0a;

function digitsOf(number: number): number {
  let digits = 1;
  for (let rest = number; rest >= 10; rest = Math.floor(rest / 10)) digits += 1;
  return digits;
}
