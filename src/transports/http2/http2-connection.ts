import { OutBuffer } from "../../bytes/out-buffer.js";
import type { Limits, Outlet, Session } from "../../wires/wire.js";
import { AbuseGuard, type Harm } from "./abuse.js";
import { type ErrorCode, errorNumber, ERROR_CODES } from "./error-code.js";
import { FLAG, FRAME, type Frame } from "./frame.js";
import { FrameReader, type FrameTaker } from "./frame-reader.js";
import { HTTP2_LIMITS, type Http2Limits } from "./http2-limits.js";
import type { Http2Stream } from "./http2-stream.js";
import type { Farewell, Http2Options, Watching } from "./http2-options.js";
import type { Keepalive } from "./keepalive.js";
import { readUint32, writeUint32 } from "./numbers.js";
import { carries, PING_MARKS } from "./ping-marks.js";
import { ReceiveWindows } from "./receive-windows.js";
import { Sender } from "./sender.js";
import { type Settings, writeSettings } from "./settings.js";
import { StreamTable } from "./stream-table.js";
import { writeFrameHead } from "./write-frame.js";

type Status = Parameters<Session["lost"]>[0];

/**
 * A connection of HTTP/2 and its life, at either end (RFC 9113): what comes is read while there is room for answers, what is written is
 * announced, and who breaks the protocol, or only costs, is told so and cut off. What frames mean is its heir's to say.
 */
export abstract class Http2Connection implements Session {
  readonly output: OutBuffer = new OutBuffer();
  readonly sender: Sender;
  protected readonly outlet: Outlet;
  protected readonly limits: Limits;
  protected readonly http2: Http2Limits;
  protected readonly windows: ReceiveWindows;
  protected readonly guard: AbuseGuard;
  protected readonly keepalive: Keepalive | undefined;
  protected readonly streams: StreamTable<Http2Stream> = new StreamTable();
  /** Nothing more is read or said. */
  protected over: boolean = false;
  /** The peer has acknowledged this end's settings. */
  protected settled: boolean = false;
  readonly #reader: FrameReader;
  /** Milliseconds that the session has been told of, and those that a header block has been open. */
  #elapsed = 0;
  #blockMs = 0;
  /** What is written meanwhile is announced afterwards. */
  #reading = false;
  /** Frames wait unread for what was written to leave. */
  #stalled = false;

  constructor(outlet: Outlet, options: Http2Options, { preface, keepalive, strikes }: Watching) {
    this.outlet = outlet;
    this.limits = options.limits;
    this.http2 = { ...HTTP2_LIMITS, ...options.http2 };
    this.guard = new AbuseGuard(this.http2, strikes);
    this.keepalive = keepalive;
    this.windows = new ReceiveWindows(this.output, this.http2, options.now ?? timeless);
    this.sender = new Sender(this.output, this.guard);
    this.#reader = new FrameReader(preface);
  }

  get open(): number {
    return this.streams.size;
  }

  get full(): boolean {
    return this.output.length > this.http2.maxOutputBytes || this.outlet.full;
  }

  receive(chunk: Uint8Array): void {
    if (this.over) return;
    this.keepalive?.heard();
    this.#reader.push(chunk);
    this.#read();
  }

  gather(): void {}

  finish(): void {
    if (this.over) return;
    // Whoever closes a connection of HTTP/2 hears nothing more on it.
    this.lost(unavailable("The peer closed the connection."));
    this.outlet.wrote(0);
  }

  lost(status: Status): void {
    this.over = true;
    this.#reader.clear();
    const streams = this.streams.all();
    this.streams.clear();
    for (const stream of streams) this.loose(stream, status);
  }

  drained(): void {
    if (this.over) return;
    // What the peer has said goes first: a stream that fills the outlet again would keep its own end from being read.
    if (this.#stalled) this.#read();
    for (const stream of this.streams.all()) if (!this.full) stream.room();
  }

  tick(elapsedMs: number): void {
    if (this.over) return;
    this.guard.tick(elapsedMs);
    this.#elapsed += elapsedMs;
    this.#blockMs = this.taker.blockOn === 0 ? 0 : this.#blockMs + elapsedMs;
    if (this.#blockMs > this.http2.blockTimeoutMs)
      this.connectionError("PROTOCOL_ERROR", "A header block was begun and has not been ended in time.", SLOW);
    else if (this.awaitsSettings && this.#elapsed > this.http2.settingsTimeoutMs)
      this.connectionError("SETTINGS_TIMEOUT", "The peer has not acknowledged the settings in time.", SLOW);
    else this.#watch(elapsedMs);
  }

  abstract retire(): void;

  /** The connection is gone, and with it a stream. */
  protected loose(stream: Http2Stream, status: Status): void {
    stream.lost(status);
  }

  /** Takes the frames. */
  protected abstract readonly taker: FrameTaker;

  /** The last stream of the peer's that this end has looked at. */
  protected abstract readonly lastTaken: number;

  /** While more bytes wait to leave, nothing is read. */
  protected abstract readonly mostOutput: number;

  /** The peer's acknowledgement is due. */
  protected abstract readonly awaitsSettings: boolean;

  /** The other end says goodbye: streams above `last` it has not looked at. */
  protected abstract goaway(last: number, code: ErrorCode, debug: string): void;

  /** Says the first words: settings, and a larger window for the connection. */
  protected greet(settings: Partial<Settings>): void {
    const before = this.output.length;
    const { streamWindowBytes } = this.http2;
    const { maxHeaderBytes } = this.limits;
    writeSettings(this.output, {
      ...settings,
      initialWindowSize: streamWindowBytes,
      maxHeaderListSize: maxHeaderBytes,
    });
    this.windows.greet();
    this.announce(before);
  }

  announce(before: number): void {
    if (!this.#reading && this.output.length > before) this.outlet.wrote(this.output.length - before);
  }

  connectionError(code: ErrorCode, reason: string, { debug, abuse }: Farewell = {}): void {
    if (this.over) return;
    const before = this.output.length;
    this.writeGoaway(this.lastTaken, code, debug);
    this.announce(before);
    this.lost(unavailable(`The connection ended: ${reason}`));
    this.outlet.fail(`${reason} (${code})`, abuse);
  }

  protected writeGoaway(last: number, code: ErrorCode, debug = ""): void {
    const { output } = this;
    writeFrameHead(output, 8 + debug.length, { type: FRAME.goaway, flags: 0, id: 0 });
    writeUint32(output, last);
    writeUint32(output, errorNumber(code));
    if (debug.length > 0) output.push(encoder.encode(debug));
  }

  /** Sends a PING of eight bytes, and says so. */
  protected ping(mark: Uint8Array): void {
    if (this.over) return;
    const before = this.output.length;
    writeFrameHead(this.output, mark.length, { type: FRAME.ping, flags: 0, id: 0 });
    this.output.push(mark);
    this.announce(before);
  }

  /** Asks the peer for a sign of life, unless it has been asked. */
  protected askForLife(): void {
    const { keepalive } = this;
    if (keepalive === undefined || keepalive.asked || this.over) return;
    keepalive.ask();
    this.ping(PING_MARKS.life);
  }

  /** Counts what only costs. True: it was too much, and the connection has ended. */
  protected harmed(harm: Harm): boolean {
    if (!this.guard.exceeded(harm)) return false;
    this.connectionError("ENHANCE_YOUR_CALM", `The peer sends too many ${harm}.`, { abuse: harm });
    return true;
  }

  takeSettings(frame: Frame): void {
    const length = frame.end - frame.start;
    const isAck = (frame.flags & FLAG.ack) !== 0;
    if (isAck ? length > 0 : length % 6 > 0) {
      this.connectionError("FRAME_SIZE_ERROR", `A SETTINGS frame has ${length} bytes.`);
      return;
    }
    if (this.harmed(isAck && this.settled ? "empties" : "echoes")) return;
    if (isAck) {
      this.settled = true;
      return;
    }
    const error = this.sender.settle(frame, this.streams.all());
    if (error !== undefined) this.connectionError(error, "A setting has a value that it may not have.");
    else this.remoteSettled();
  }

  /** The peer's settings have changed. */
  protected remoteSettled(): void {}

  /** §6.6: this end has said that it takes none, or sends requests itself. */
  takePushPromise(): void {
    this.connectionError("PROTOCOL_ERROR", "Nothing may be pushed here.");
  }

  takePing(frame: Frame): void {
    const { flags, bytes, start, end } = frame;
    if ((flags & FLAG.ack) !== 0) {
      if (!this.windows.answered(frame) && !this.answered(frame)) this.harmed("empties");
      return;
    }
    if (this.harmed("echoes")) return;
    if (this.guard.strikes?.came(this.#elapsed, this.streams.size > 0) === true) {
      this.connectionError("ENHANCE_YOUR_CALM", "The peer sends keepalive PINGs too often.", TOO_MANY_PINGS);
      return;
    }
    writeFrameHead(this.output, end - start, { type: FRAME.ping, flags: FLAG.ack, id: 0 });
    this.output.push(bytes.subarray(start, end));
  }

  takeGoaway({ bytes, start, end }: Frame): void {
    if (end - start < 8) {
      this.connectionError("FRAME_SIZE_ERROR", "A GOAWAY frame is too short.");
      return;
    }
    if (this.harmed("empties")) return;
    const last = readUint32(bytes, start) & 0x7fff_ffff;
    const debug = decoder.decode(bytes.slice(start + 8, Math.min(end, start + 8 + MOST_DEBUG)));
    this.goaway(last, ERROR_CODES[readUint32(bytes, start + 4)] ?? "INTERNAL_ERROR", debug);
  }

  /** Whether a PING's answer is to one of this end's. */
  protected answered(frame: Frame): boolean {
    return this.keepalive !== undefined && carries(frame, PING_MARKS.life);
  }

  takeUnknown(): void {
    this.harmed("empties");
  }

  /** Looks whether a silent peer is still there. */
  #watch(elapsedMs: number): void {
    const { keepalive } = this;
    if (keepalive === undefined) return;
    const verdict = keepalive.tick(elapsedMs, this.streams.size > 0);
    if (verdict === "ask") this.ping(PING_MARKS.life);
    else if (verdict === "lost") {
      const { answerMs } = keepalive.times;
      const reason = `the peer did not answer a PING within ${answerMs} ms`;
      this.lost(unavailable(`The connection was lost: ${reason}.`));
      this.outlet.cut(reason);
    }
  }

  /** Takes all frames that have come, unless too much waits to leave. */
  #read(): void {
    const before = this.output.length;
    this.#reading = true;
    while (!this.over && this.output.length <= this.mostOutput && this.#reader.next(this.taker));
    this.#reading = false;
    this.announce(before);
    const stalled = !this.over && this.output.length > this.mostOutput;
    if (!this.over) this.#reader.keep();
    if (stalled === this.#stalled) return;
    this.#stalled = stalled;
    if (stalled) this.outlet.pause();
    else this.outlet.resume();
  }
}

/** So much is read of what a GOAWAY says to people. */
const MOST_DEBUG = 256;
/** What a client is told that asks for signs of life too often (gRPC proposal A8). */
const TOO_MANY_PINGS: Farewell = { debug: "too_many_pings", abuse: "pings" };
const SLOW: Farewell = { abuse: "slow" };
const encoder = new TextEncoder();
const decoder = new TextDecoder("latin1");

/** Where nobody tells the time, no time passes. */
function timeless(): number {
  return 0;
}

function unavailable(message: string): Status {
  return { code: "unavailable", message, details: [], trailers: [] };
}
