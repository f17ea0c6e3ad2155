import type { OutBuffer } from "../../bytes/out-buffer.js";
import type { AbuseGuard } from "./abuse.js";
import type { ErrorCode } from "./error-code.js";
import { FLAG, FRAME, type Frame } from "./frame.js";
import type { Entry } from "./header-table.js";
import { HpackEncoder } from "./hpack-encoder.js";
import { INITIAL_SETTINGS, readSettings, type Settings } from "./settings.js";
import { HEAD_BYTES, writeFrameHead } from "./write-frame.js";

/** The largest window (RFC 9113 §6.9.1). */
const LARGEST_WINDOW = 0x7fff_ffff;
/** The longest DATA frame that is sent, whatever the peer takes: others want their turn. */
const MOST_DATA = 65_536;

/** What a stream shows of itself to whoever sends for it. */
export interface SendingStream {
  readonly id: number;
  /** Bytes that the peer has room for on this stream; below 0 where it has made its window smaller. */
  sendWindow: number;
  /** Bytes wait for room in a window. */
  readonly waits: boolean;
  /** Sends what waits, as far as the windows let it. */
  flush(): void;
}

/** Writes header blocks and data of all streams, within the peer's windows (RFC 9113 §5.2). */
export class Sender {
  readonly output: OutBuffer;
  /** What the peer takes. */
  readonly remote: Settings = { ...INITIAL_SETTINGS };
  /** Bytes that wait for room in windows, of all streams. */
  queued: number = 0;
  /** Bytes that the peer has room for on the connection. */
  #window: number = INITIAL_SETTINGS.initialWindowSize;
  readonly #encoder = new HpackEncoder();
  readonly #guard: AbuseGuard;
  /** Streams that have room in their own windows and wait for room in the connection's, in the order of their turns. */
  readonly #line: Set<SendingStream> = new Set();

  constructor(output: OutBuffer, guard: AbuseGuard) {
    this.output = output;
    this.#guard = guard;
  }

  /** Writes a header block as HEADERS and, where it is long, CONTINUATION frames. */
  headers({ id }: SendingStream, fields: readonly Entry[], end: boolean): void {
    const { output } = this;
    const start = output.length;
    const flags = end ? FLAG.endHeaders | FLAG.endStream : FLAG.endHeaders;
    this.#guard.strikes?.forgive();
    writeFrameHead(output, 0, { type: FRAME.headers, flags, id });
    this.#encoder.encode(fields, output);
    const length = output.length - start - HEAD_BYTES;
    if (length <= this.remote.maxFrameSize) setLength(output, start, length);
    else this.#divide(start, end, id);
  }

  /** Writes bytes as DATA frames while the windows let it, and returns how many; with `end`, the last of them ends the stream. */
  data(stream: SendingStream, bytes: Uint8Array, end: boolean): number {
    const { output } = this;
    const { length } = bytes;
    const most = Math.min(this.remote.maxFrameSize, MOST_DATA);
    // Room for all frames at once, where there are several.
    if (length > most) output.reserve(roomFor(Math.min(length, this.#window, stream.sendWindow), most));
    let sent = 0;
    do {
      // Nothing needs no room (§6.9.1), and windows may be below it.
      const size = length === 0 ? 0 : Math.min(length - sent, this.#window, stream.sendWindow, most);
      if (size <= 0 && length > 0) break;
      const whole = size === length;
      const flags = end && sent + size === length ? FLAG.endStream : 0;
      writeFrameHead(output, size, { type: FRAME.data, flags, id: stream.id });
      if (size > 0) output.bytes.set(whole ? bytes : bytes.subarray(sent, sent + size), output.length);
      this.#sent(stream, size);
      sent += size;
    } while (sent < length);
    return sent;
  }

  /** Writes a text as one DATA frame, encoded where it goes. False, and nothing is written, where it might not fit in a window or frame. */
  text(stream: SendingStream, text: string, end: boolean): boolean {
    // A character is three bytes at the most, or half of one of four.
    const most = text.length * 3;
    if (most > this.#window || most > stream.sendWindow || most > this.remote.maxFrameSize) return false;
    const { output } = this;
    const start = output.length;
    writeFrameHead(output, most, { type: FRAME.data, flags: end ? FLAG.endStream : 0, id: stream.id });
    const { written } = encoder.encodeInto(text, output.bytes.subarray(output.length, output.length + most));
    setLength(output, start, written);
    this.#sent(stream, written);
    return true;
  }

  /** A stream has more to send than the windows let. */
  wait(stream: SendingStream): void {
    // What its own window holds up goes on when that grows.
    if (stream.sendWindow > 0) this.#line.add(stream);
  }

  /** A stream is over. */
  forget(stream: SendingStream): void {
    if (this.#line.size > 0) this.#line.delete(stream);
  }

  /** The connection's window has grown (§6.9): streams that waited go on, in turn. False: it is larger than a window may be. */
  grow(bytes: number): boolean {
    this.#window += bytes;
    if (this.#window > LARGEST_WINDOW) return false;
    for (const stream of this.#line) {
      if (this.#window <= 0) break;
      // Whoever cannot send everything goes to the end of the line.
      this.#line.delete(stream);
      stream.flush();
    }
    return true;
  }

  /** A stream's window has grown, or become smaller. False: it is larger than a window may be. */
  growStream(stream: SendingStream, bytes: number): boolean {
    stream.sendWindow += bytes;
    if (stream.sendWindow > LARGEST_WINDOW) return false;
    if (stream.sendWindow > 0 && stream.waits && !this.#line.has(stream)) {
      if (this.#window > 0) stream.flush();
      else this.#line.add(stream);
    }
    return true;
  }

  /** Takes the peer's settings (§6.5), and acknowledges them. An error: one of them has a value that it may not have. */
  settle(frame: Frame, streams: Iterable<SendingStream>): ErrorCode | undefined {
    const { remote } = this;
    const before = remote.initialWindowSize;
    const error = readSettings(frame.bytes, frame, remote);
    if (error !== undefined) return error;
    this.#encoder.limit(remote.headerTableSize);
    writeFrameHead(this.output, 0, { type: FRAME.settings, flags: FLAG.ack, id: 0 });
    // §6.9.2: the windows of all streams change with the setting.
    const change = remote.initialWindowSize - before;
    if (change === 0) return undefined;
    for (const stream of streams) if (!this.growStream(stream, change)) return "FLOW_CONTROL_ERROR";
    return undefined;
  }

  #sent(stream: SendingStream, bytes: number): void {
    this.output.length += bytes;
    this.#window -= bytes;
    stream.sendWindow -= bytes;
    // Who is sent data gives room for it in two windows, and may measure how fast it comes.
    this.#guard.earned("echoes");
    this.#guard.earned("empties", 2);
    this.#guard.strikes?.forgive();
  }

  /** Cuts a block that is too long for one frame into HEADERS and CONTINUATION frames (§6.10). */
  #divide(start: number, end: boolean, id: number): void {
    const { output } = this;
    const block = output.bytes.slice(start + HEAD_BYTES, output.length);
    output.length = start;
    const most = this.remote.maxFrameSize;
    for (let at = 0; at < block.length; at += most) {
      const piece = block.subarray(at, at + most);
      const last = at + most >= block.length ? FLAG.endHeaders : 0;
      const flags = at === 0 && end ? last | FLAG.endStream : last;
      writeFrameHead(output, piece.length, { type: at === 0 ? FRAME.headers : FRAME.continuation, flags, id });
      output.push(piece);
    }
  }
}

const encoder = new TextEncoder();

/** What so many bytes take in frames of a size. */
function roomFor(bytes: number, most: number): number {
  return bytes <= 0 ? 0 : bytes + Math.ceil(bytes / most) * HEAD_BYTES;
}

/** Fills in the length of a frame whose payload has been written. */
function setLength({ bytes }: OutBuffer, at: number, length: number): void {
  bytes[at] = length >>> 16;
  bytes[at + 1] = length >>> 8;
  bytes[at + 2] = length;
}
