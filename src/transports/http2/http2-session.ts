import { InBuffer } from "../../bytes/in-buffer.js";
import { OutBuffer } from "../../bytes/out-buffer.js";
import type { HttpAnswer } from "../../wires/http.js";
import type { Limits, Outlet, Session } from "../../wires/wire.js";
import { AbuseGuard, type Harm } from "./abuse.js";
import { type ErrorCode, errorNumber, ERROR_CODES } from "./error-code.js";
import { FLAG, FRAME, HEAD_BYTES, writeFrameHead } from "./frame.js";
import type { Entry } from "./header-table.js";
import { type HeaderBlock, HpackDecoder } from "./hpack-decoder.js";
import { HpackEncoder } from "./hpack-encoder.js";
import { Http2Stream, type StreamOwner } from "./http2-stream.js";
import { readUint32, writeUint32 } from "./numbers.js";
import { INITIAL_SETTINGS, readSettings, type Settings, writeSettings } from "./settings.js";

type Status = Parameters<Session["lost"]>[0];
type Fields = HttpAnswer["fields"];

/** The largest payload of a frame that this end takes: what the protocol begins with. */
const MAX_FRAME = 16_384;
const LARGEST_WINDOW = 0x7fff_ffff;
/** What a peer may send on a stream, and on all of them, before this end has used it. */
const STREAM_WINDOW = 256 * 1024;
const CONNECTION_WINDOW = 1024 * 1024;
/** More CONTINUATION frames than a block of the largest size needs (CVE-2024-27316). */
const MOST_CONTINUATIONS = 16;
/** So many of the streams that this end has reset are remembered: their peers may not have heard of it. */
const RESETS_KEPT = 256;
/** The table for the peer's header blocks. */
const TABLE_BYTES = 4096;

/** What both ends of a connection of HTTP/2 do (RFC 9113): frames, header blocks, flow control, settings, goodbyes. Sans-I/O. */
export abstract class Http2Session implements Session, StreamOwner {
  readonly output: OutBuffer = new OutBuffer();
  sendWindow: number = INITIAL_SETTINGS.initialWindowSize;
  protected readonly outlet: Outlet;
  protected readonly limits: Limits;
  protected readonly streams: Map<number, Http2Stream> = new Map();
  /** What the peer takes. */
  protected readonly remote: Settings = { ...INITIAL_SETTINGS };
  /** The last stream that the peer has opened. */
  protected lastRemote: number = 0;
  /** Nothing more is read or said. */
  protected over: boolean = false;
  protected retired: boolean = false;
  readonly #buffer = new InBuffer();
  readonly #decoder: HpackDecoder;
  readonly #encoder = new HpackEncoder();
  readonly #guard = new AbuseGuard();
  #receiveWindow: number = CONNECTION_WINDOW;
  #unacked = 0;
  /** A header block that is not whole: on which stream, with which flags, and its bytes so far. */
  #block: { id: number; flags: number; bytes: Uint8Array; frames: number } | undefined = undefined;
  #greeted = false;
  /** Streams that wait for room in a window. */
  readonly #blocked: Set<Http2Stream> = new Set();
  readonly #resets: Set<number> = new Set();

  constructor(outlet: Outlet, limits: Limits) {
    this.outlet = outlet;
    this.limits = limits;
    this.#decoder = new HpackDecoder(TABLE_BYTES, limits.maxHeaderBytes);
  }

  get open(): number {
    return this.streams.size;
  }

  get full(): boolean {
    return this.outlet.full;
  }

  receive(chunk: Uint8Array): void {
    if (this.over) return;
    this.#buffer.push(chunk);
    while (!this.over && this.#frame());
    if (!this.over) this.#buffer.keep();
  }

  gather(): void {}

  finish(): void {
    if (this.over) return;
    // Whoever closes a connection of HTTP/2 hears nothing more on it.
    const status: Status = {
      code: "unavailable",
      message: "The peer closed the connection.",
      details: [],
      trailers: [],
    };
    this.lost(status);
    this.outlet.wrote(0);
  }

  lost(status: Status): void {
    this.over = true;
    const streams = [...this.streams.values()];
    this.streams.clear();
    this.#blocked.clear();
    for (const stream of streams) stream.lost(status);
  }

  drained(): void {
    for (const stream of this.streams.values()) stream.room();
  }

  tick(elapsedMs: number): void {
    this.#guard.tick(elapsedMs);
  }

  abstract retire(): void;

  /** Takes the head of a request, or of an answer, or trailers. */
  protected abstract heard(id: number, block: HeaderBlock, end: boolean): void;

  /** The other end says goodbye: streams above `last` it has not looked at. */
  protected abstract goaway(last: number, code: ErrorCode): void;

  /** Whether a stream of this number has not been opened yet. */
  protected abstract isIdle(id: number): boolean;

  /** The bytes that a client begins with, where this end has to hear them. */
  protected abstract readonly preface: Uint8Array;

  /** Says the first words: settings, and a larger window for the connection. */
  protected greet(settings: Partial<Settings>): void {
    const before = this.output.length;
    const { maxHeaderBytes } = this.limits;
    writeSettings(this.output, { ...settings, initialWindowSize: STREAM_WINDOW, maxHeaderListSize: maxHeaderBytes });
    this.#writeWindow(0, CONNECTION_WINDOW - INITIAL_SETTINGS.initialWindowSize);
    this.announce(before);
  }

  /** Makes a stream and its windows. */
  protected openStream(id: number): Http2Stream {
    const stream = new Http2Stream(this, id, { send: this.remote.initialWindowSize, receive: STREAM_WINDOW });
    this.streams.set(id, stream);
    return stream;
  }

  /** The peer has said everything on a stream. */
  protected endRemote(stream: Http2Stream): void {
    stream.remoteEnded = true;
    this.closed(stream);
  }

  announce(before: number): void {
    if (this.output.length > before) this.outlet.wrote(this.output.length - before);
  }

  entriesOf(fields: Fields | HttpAnswer): readonly Entry[] {
    return entriesOf(fields);
  }

  writeHeaders(stream: Http2Stream, fields: readonly Entry[], end: boolean): void {
    const { output } = this;
    const start = output.length;
    writeFrameHead(output, 0, {
      type: FRAME.headers,
      flags: FLAG.endHeaders | (end ? FLAG.endStream : 0),
      id: stream.id,
    });
    this.#encoder.encode(fields, output);
    const length = output.length - start - HEAD_BYTES;
    if (length <= this.remote.maxFrameSize) setLength(output, start, length);
    else this.#continue(stream.id, start, end);
  }

  writeData(stream: Http2Stream, body: Uint8Array, from: number, end: boolean): number {
    const room = Math.min(this.sendWindow, stream.sendWindow, this.remote.maxFrameSize);
    const length = Math.min(body.length - from, room);
    if (length <= 0 && (from < body.length || !end)) return 0;
    const flags = end && from + length === body.length ? FLAG.endStream : 0;
    writeFrameHead(this.output, length, { type: FRAME.data, flags, id: stream.id });
    if (length > 0) {
      const { output } = this;
      if (from === 0 && length === body.length) output.bytes.set(body, output.length);
      else output.bytes.set(body.subarray(from, from + length), output.length);
      output.length += length;
      this.sendWindow -= length;
      stream.sendWindow -= length;
    }
    return length;
  }

  blocked(stream: Http2Stream): void {
    this.#blocked.add(stream);
  }

  used(stream: Http2Stream, bytes: number): void {
    if (bytes === 0 || this.over) return;
    const before = this.output.length;
    this.#unacked += bytes;
    if (this.#unacked >= CONNECTION_WINDOW / 2) {
      this.#receiveWindow += this.#unacked;
      this.#writeWindow(0, this.#unacked);
      this.#unacked = 0;
    }
    stream.unacked += bytes;
    if (stream.unacked >= STREAM_WINDOW / 2 && !stream.remoteEnded && !stream.over) {
      stream.receiveWindow += stream.unacked;
      this.#writeWindow(stream.id, stream.unacked);
      stream.unacked = 0;
    }
    this.announce(before);
  }

  writeReset(stream: Http2Stream, code: ErrorCode): void {
    this.#resetStream(stream.id, code);
    this.forget(stream);
  }

  closed(stream: Http2Stream): void {
    if (!stream.remoteEnded || !stream.localEnded) {
      if (stream.localEnded) this.localEnded(stream);
      return;
    }
    stream.over = true;
    this.#guard.earned();
    this.forget(stream);
  }

  /** This end has said everything on a stream while the peer has not. */
  protected localEnded(_stream: Http2Stream): void {}

  /** Ends a stream because of what its peer did. */
  protected streamError(id: number, code: ErrorCode): void {
    if (this.#harmed("resets")) return;
    const stream = this.streams.get(id);
    this.#resetStream(id, code);
    if (stream === undefined) return;
    this.forget(stream);
    stream.lost({
      code: "internal",
      message: `The peer broke HTTP/2 on this call (${code}).`,
      details: [],
      trailers: [],
    });
  }

  /** Ends the connection because of what its peer did (§5.4.1). */
  protected connectionError(code: ErrorCode, reason: string): void {
    if (this.over) return;
    const before = this.output.length;
    this.writeGoaway(this.lastRemote, code);
    this.announce(before);
    this.lost({ code: "unavailable", message: `The connection ended: ${reason}`, details: [], trailers: [] });
    this.#buffer.clear();
    this.outlet.fail(`${reason} (${code})`);
  }

  protected writeGoaway(last: number, code: ErrorCode): void {
    writeFrameHead(this.output, 8, { type: FRAME.goaway, flags: 0, id: 0 });
    writeUint32(this.output, last);
    writeUint32(this.output, errorNumber(code));
  }

  /** A stream is over, and its number with it. */
  protected forget(stream: Http2Stream): void {
    this.streams.delete(stream.id);
    this.#blocked.delete(stream);
    if (this.streams.size === 0) this.outlet.wrote(0);
  }

  #resetStream(id: number, code: ErrorCode): void {
    if (this.over) return;
    const before = this.output.length;
    writeFrameHead(this.output, 4, { type: FRAME.rstStream, flags: 0, id });
    writeUint32(this.output, errorNumber(code));
    this.announce(before);
    this.#resets.add(id);
    if (this.#resets.size > RESETS_KEPT) for (const oldest of this.#resets) if (this.#resets.delete(oldest)) break;
  }

  #harmed(harm: Harm): boolean {
    const code = this.#guard.count(harm);
    if (code !== undefined) this.connectionError(code, `The peer sends too many ${harm}.`);
    return code !== undefined;
  }

  #writeWindow(id: number, bytes: number): void {
    writeFrameHead(this.output, 4, { type: FRAME.windowUpdate, flags: 0, id });
    writeUint32(this.output, bytes);
  }

  /** Cuts a block that is too long for one frame into HEADERS and CONTINUATION frames (§6.10). */
  #continue(id: number, start: number, end: boolean): void {
    const { output } = this;
    const block = output.bytes.slice(start + HEAD_BYTES, output.length);
    output.length = start;
    const most = this.remote.maxFrameSize;
    for (let at = 0; at < block.length; at += most) {
      const piece = block.subarray(at, at + most);
      const last = at + most >= block.length ? FLAG.endHeaders : 0;
      const flags = at === 0 ? last | (end ? FLAG.endStream : 0) : last;
      writeFrameHead(output, piece.length, { type: at === 0 ? FRAME.headers : FRAME.continuation, flags, id });
      output.push(piece);
    }
  }

  /** Takes the next frame. False: it has not all come. */
  #frame(): boolean {
    const buffer = this.#buffer;
    if (!this.#greeted && !this.#greeting()) return false;
    const { bytes, at, held } = buffer;
    if (held < HEAD_BYTES) return false;
    const length = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    const type = bytes[at + 3] ?? 0;
    if (length > MAX_FRAME) {
      this.connectionError("FRAME_SIZE_ERROR", `A frame may have ${MAX_FRAME} bytes, and one has ${length}.`);
      return false;
    }
    if (held < HEAD_BYTES + length) return false;
    const flags = bytes[at + 4] ?? 0;
    const id = readUint32(bytes, at + 5) & LARGEST_WINDOW;
    const start = at + HEAD_BYTES;
    buffer.at = start + length;
    this.#take({ type, flags, id }, bytes, { start, end: start + length });
    return true;
  }

  /** Hears the client's first words (§3.4). False: they have not all come, or are none. */
  #greeting(): boolean {
    const { preface } = this;
    const buffer = this.#buffer;
    const length = Math.min(buffer.held, preface.length);
    for (let i = 0; i < length; i += 1) {
      if (buffer.bytes[buffer.at + i] === preface[i]) continue;
      this.connectionError("PROTOCOL_ERROR", "The connection does not begin as HTTP/2.");
      return false;
    }
    if (length < preface.length) return false;
    buffer.at += length;
    if (buffer.held < HEAD_BYTES) {
      buffer.at -= length;
      return false;
    }
    this.#greeted = true;
    if (buffer.bytes[buffer.at + 3] === FRAME.settings && ((buffer.bytes[buffer.at + 4] ?? 0) & FLAG.ack) === 0)
      return true;
    this.connectionError("PROTOCOL_ERROR", "The first frame is none of SETTINGS.");
    return false;
  }

  #take(frame: Frame, bytes: Uint8Array, range: Range): void {
    const { type, id } = frame;
    const block = this.#block;
    if (block !== undefined && (type !== FRAME.continuation || id !== block.id)) {
      this.connectionError("PROTOCOL_ERROR", "A header block was interrupted by another frame.");
      return;
    }
    const length = range.end - range.start;
    const rule = RULES[type];
    // §4.1, §5.5: what is not known is passed over.
    if (rule === undefined) {
      this.#harmed("empties");
      return;
    }
    if (rule.on === "stream" ? id === 0 : rule.on === "connection" && id !== 0) {
      this.connectionError("PROTOCOL_ERROR", `A frame of type ${type} is on stream ${id}.`);
      return;
    }
    if (rule.length !== undefined && length !== rule.length) {
      if (type === FRAME.priority) this.streamError(id, "FRAME_SIZE_ERROR");
      else this.connectionError("FRAME_SIZE_ERROR", `A frame of type ${type} has ${length} bytes.`);
      return;
    }
    this[rule.take](frame, bytes, range);
  }

  /** §6.1 */
  takeData(frame: Frame, bytes: Uint8Array, range: Range): void {
    const { id, flags } = frame;
    const length = range.end - range.start;
    this.#receiveWindow -= length;
    if (this.#receiveWindow < 0) {
      this.connectionError("FLOW_CONTROL_ERROR", "More came than the connection's window lets.");
      return;
    }
    const stream = this.streams.get(id);
    if (stream === undefined || stream.remoteEnded) {
      this.#unused(length);
      this.#afterEnd(id, stream !== undefined);
      return;
    }
    stream.receiveWindow -= length;
    if (stream.receiveWindow < 0) {
      this.#unused(length);
      this.streamError(id, "FLOW_CONTROL_ERROR");
      return;
    }
    const inner = unpadded(frame, bytes, range);
    if (inner === undefined) {
      this.connectionError("PROTOCOL_ERROR", "A frame has more padding than payload.");
      return;
    }
    const end = (flags & FLAG.endStream) !== 0;
    const size = inner.end - inner.start;
    if (size === 0 && !end && this.#harmed("empties")) return;
    // The padding has been used as it came.
    this.used(stream, length - size);
    if (stream.expected !== undefined) {
      stream.expected -= size;
      if (stream.expected < 0 || (end && stream.expected > 0)) {
        this.#unused(size);
        this.streamError(id, "PROTOCOL_ERROR");
        return;
      }
    }
    if (end) stream.remoteEnded = true;
    stream.hear(bytes, inner.start, inner.end, end);
    if (end) this.closed(stream);
  }

  /** §6.2 */
  takeHeaders(frame: Frame, bytes: Uint8Array, range: Range): void {
    const { id, flags } = frame;
    const inner = unpadded(frame, bytes, range);
    if (inner === undefined) {
      this.connectionError("PROTOCOL_ERROR", "A frame has more padding than payload.");
      return;
    }
    if ((flags & FLAG.priority) !== 0) {
      if (inner.end - inner.start < 5) {
        this.connectionError("FRAME_SIZE_ERROR", "A HEADERS frame is too short for its priority.");
        return;
      }
      // RFC 9113 §5.3: priorities are read and mean nothing; depending on oneself was an error, and peers test for it.
      if ((readUint32(bytes, inner.start) & LARGEST_WINDOW) === id) {
        this.connectionError("PROTOCOL_ERROR", "A stream depends on itself.");
        return;
      }
      inner.start += 5;
    }
    if ((flags & FLAG.endHeaders) !== 0) this.#decode(id, flags, { bytes, ...inner });
    else this.#block = { id, flags, bytes: bytes.slice(inner.start, inner.end), frames: 0 };
  }

  /** §6.10 */
  takeContinuation({ id, flags }: Frame, bytes: Uint8Array, { start, end }: Range): void {
    const block = this.#block;
    if (block === undefined) {
      this.connectionError("PROTOCOL_ERROR", "A CONTINUATION continues nothing.");
      return;
    }
    block.frames += 1;
    const whole = new Uint8Array(block.bytes.length + end - start);
    if (whole.length > this.limits.maxHeaderBytes * 2 || block.frames > MOST_CONTINUATIONS) {
      this.connectionError("ENHANCE_YOUR_CALM", "A header block goes on for too long.");
      return;
    }
    whole.set(block.bytes);
    whole.set(bytes.subarray(start, end), block.bytes.length);
    block.bytes = whole;
    if ((flags & FLAG.endHeaders) === 0) return;
    this.#block = undefined;
    this.#decode(id, block.flags, { bytes: whole, start: 0, end: whole.length });
  }

  #decode(id: number, flags: number, where: { bytes: Uint8Array; start: number; end: number }): void {
    const block = this.#decoder.decode(where.bytes, where.start, where.end);
    if (block === undefined) this.connectionError("COMPRESSION_ERROR", "A header block cannot be decoded.");
    // What comes for a stream that this end has reset was on its way; its block had to be decoded all the same.
    else if (!this.#resets.has(id)) this.heard(id, block, (flags & FLAG.endStream) !== 0);
  }

  /** §6.3, §5.3.1 */
  takePriority({ id }: Frame, bytes: Uint8Array, { start }: Range): void {
    if ((readUint32(bytes, start) & LARGEST_WINDOW) === id) this.streamError(id, "PROTOCOL_ERROR");
    else this.#harmed("empties");
  }

  /** §6.4 */
  takeReset({ id }: Frame, bytes: Uint8Array, { start }: Range): void {
    if (this.isIdle(id)) {
      this.connectionError("PROTOCOL_ERROR", "A stream was reset that has not been opened.");
      return;
    }
    const stream = this.streams.get(id);
    if (this.#harmed("resets") || stream === undefined) return;
    this.forget(stream);
    stream.lost(this.resetStatus(ERROR_CODES[readUint32(bytes, start)] ?? "INTERNAL_ERROR"));
  }

  /** What it means that the peer has reset a stream. */
  protected abstract resetStatus(code: ErrorCode): Status;

  /** §6.5 */
  takeSettings({ flags }: Frame, bytes: Uint8Array, { start, end }: Range): void {
    const length = end - start;
    if ((flags & FLAG.ack) !== 0 ? length > 0 : length % 6 > 0) {
      this.connectionError("FRAME_SIZE_ERROR", `A SETTINGS frame has ${length} bytes.`);
      return;
    }
    if ((flags & FLAG.ack) !== 0 || this.#harmed("echoes")) return;
    const window = this.remote.initialWindowSize;
    const error = readSettings(bytes, { start, end }, this.remote);
    if (error !== undefined) {
      this.connectionError(error, "A setting has a value that it may not have.");
      return;
    }
    const before = this.output.length;
    this.#encoder.limit(this.remote.headerTableSize);
    writeFrameHead(this.output, 0, { type: FRAME.settings, flags: FLAG.ack, id: 0 });
    this.announce(before);
    const change = this.remote.initialWindowSize - window;
    if (change !== 0) this.#resize(change);
    this.settled();
  }

  /** The peer's settings have changed. */
  protected settled(): void {}

  /** §6.9.2: the windows of all streams change with the setting. */
  #resize(change: number): void {
    for (const stream of this.streams.values()) {
      stream.sendWindow += change;
      if (stream.sendWindow > LARGEST_WINDOW) {
        this.connectionError("FLOW_CONTROL_ERROR", "A stream's window has become too large.");
        return;
      }
    }
    if (change > 0) this.#flush();
  }

  /** §6.6: this end has said that it takes none, or sends requests itself. */
  takePushPromise(): void {
    this.connectionError("PROTOCOL_ERROR", "Nothing may be pushed here.");
  }

  /** §6.7 */
  takePing({ flags }: Frame, bytes: Uint8Array, { start, end }: Range): void {
    if ((flags & FLAG.ack) !== 0) {
      this.pinged(bytes.subarray(start, end));
      return;
    }
    if (this.#harmed("echoes")) return;
    const before = this.output.length;
    writeFrameHead(this.output, 8, { type: FRAME.ping, flags: FLAG.ack, id: 0 });
    this.output.push(bytes.subarray(start, end));
    this.announce(before);
  }

  /** The peer has answered a PING of this end. */
  protected pinged(_data: Uint8Array): void {}

  /** §6.8 */
  takeGoaway(_frame: Frame, bytes: Uint8Array, { start, end }: Range): void {
    if (end - start < 8) {
      this.connectionError("FRAME_SIZE_ERROR", "A GOAWAY frame is too short.");
      return;
    }
    const last = readUint32(bytes, start) & LARGEST_WINDOW;
    this.goaway(last, ERROR_CODES[readUint32(bytes, start + 4)] ?? "INTERNAL_ERROR");
  }

  /** §6.9 */
  takeWindowUpdate({ id }: Frame, bytes: Uint8Array, { start }: Range): void {
    const increment = readUint32(bytes, start) & LARGEST_WINDOW;
    if (increment === 0) {
      if (id === 0) this.connectionError("PROTOCOL_ERROR", "A window was made larger by nothing.");
      else this.streamError(id, "PROTOCOL_ERROR");
      return;
    }
    if (increment < 16 && this.#harmed("empties")) return;
    if (id === 0) {
      this.sendWindow += increment;
      if (this.sendWindow > LARGEST_WINDOW)
        this.connectionError("FLOW_CONTROL_ERROR", "The connection's window is too large.");
      else this.#flush();
      return;
    }
    if (this.isIdle(id)) {
      this.connectionError("PROTOCOL_ERROR", "A window was made larger on a stream that has not been opened.");
      return;
    }
    const stream = this.streams.get(id);
    if (stream === undefined) return;
    stream.sendWindow += increment;
    if (stream.sendWindow > LARGEST_WINDOW) this.streamError(id, "FLOW_CONTROL_ERROR");
    else if (this.#blocked.has(stream)) this.#flush();
  }

  /** Lets streams go on that waited for room, in turn. */
  #flush(): void {
    if (this.#blocked.size === 0) return;
    const before = this.output.length;
    for (const stream of [...this.#blocked]) {
      if (this.sendWindow <= 0) break;
      // Whoever could not send everything goes to the end of the line.
      this.#blocked.delete(stream);
      if (!stream.flush()) this.#blocked.add(stream);
      else if (!this.outlet.full) stream.room();
    }
    this.announce(before);
  }

  /** Bytes came that nobody will use: the connection's window is theirs all the same. */
  #unused(bytes: number): void {
    this.#unacked += bytes;
  }

  /** A frame came for a stream whose peer had said everything (§5.1). */
  #afterEnd(id: number, halfClosed: boolean): void {
    if (this.isIdle(id)) this.connectionError("PROTOCOL_ERROR", "Data came on a stream that has not been opened.");
    else if (halfClosed) this.streamError(id, "STREAM_CLOSED");
    else if (!this.#resets.has(id)) this.connectionError("STREAM_CLOSED", "Data came on a stream that is closed.");
  }
}

interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly id: number;
}

interface Range {
  start: number;
  end: number;
}

type Taker =
  | "takeData"
  | "takeHeaders"
  | "takePriority"
  | "takeReset"
  | "takeSettings"
  | "takePushPromise"
  | "takePing"
  | "takeGoaway"
  | "takeWindowUpdate"
  | "takeContinuation";

/** What is common to all frames of a type: where they may be, how long they are, and who takes them. By number. */
const RULES: readonly ({ on: "stream" | "connection" | "both"; length?: number; take: Taker } | undefined)[] = [
  { on: "stream", take: "takeData" },
  { on: "stream", take: "takeHeaders" },
  { on: "stream", length: 5, take: "takePriority" },
  { on: "stream", length: 4, take: "takeReset" },
  { on: "connection", take: "takeSettings" },
  { on: "stream", take: "takePushPromise" },
  { on: "connection", length: 8, take: "takePing" },
  { on: "connection", take: "takeGoaway" },
  { on: "both", length: 4, take: "takeWindowUpdate" },
  { on: "stream", take: "takeContinuation" },
];

/** The payload without its padding (§6.1); undefined where there is more padding than payload. */
function unpadded({ flags }: Frame, bytes: Uint8Array, { start, end }: Range): Range | undefined {
  if ((flags & FLAG.padded) === 0) return { start, end };
  const padding = bytes[start] ?? 0;
  return start < end && start + 1 + padding <= end ? { start: start + 1, end: end - padding } : undefined;
}

function setLength({ bytes }: OutBuffer, at: number, length: number): void {
  bytes[at] = length >>> 16;
  bytes[at + 1] = length >>> 8;
  bytes[at + 2] = length;
}

const entries: WeakMap<object, readonly Entry[]> = new WeakMap();

/** Fields as the encoder takes them; the same object for the same object. */
function entriesOf(fields: Fields | HttpAnswer): readonly Entry[] {
  const known = entries.get(fields);
  if (known !== undefined) return known;
  const list = "status" in fields ? fields.fields : fields;
  const made = list.map(([name, value]) => ({ name, value }));
  if ("status" in fields) made.unshift({ name: ":status", value: String(fields.status) });
  entries.set(fields, made);
  return made;
}
