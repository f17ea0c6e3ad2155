import { OutBuffer } from "../../bytes/out-buffer.js";
import { failure, type Status } from "../../call/status.js";
import type { Outlet, Session, SessionOptions } from "../wire.js";
import { PacketReader } from "./packet-reader.js";
import { RpcMeta } from "./rpc-meta.js";
import type { Stream, StreamOwner } from "./stream.js";
import { FRAME, StreamFrameMeta, writeStreamFrame } from "./stream-frame.js";
import { type PacketHead, writePacket } from "./write-packet.js";

/** What a frame of feedback has at the most, about. */
const FEEDBACK_BYTES = 40;

/** What both ends of a connection do: cut and read packets, pass frames to their streams, hold up writers and reading. */
export abstract class BaiduSession implements Session, StreamOwner {
  readonly output: OutBuffer = new OutBuffer();
  readonly options: SessionOptions;
  protected readonly outlet: Outlet;
  protected readonly reader: PacketReader;
  /** The meta of the packet that is being read; the next packet's takes its place. */
  protected readonly meta: RpcMeta = new RpcMeta();
  readonly #frame: StreamFrameMeta = new StreamFrameMeta();
  /** Streams to tell when there is room to write again, and streams that owe feedback. */
  readonly #waiting: Set<Stream> = new Set();
  readonly #owing: Set<Stream> = new Set();
  #gathering = false;
  /** What has to happen before more is read. */
  #blocker: unknown = undefined;
  #over = false;
  /** For how long the packet that is not whole yet has been arriving. */
  #arrivingMs = 0;

  constructor(outlet: Outlet, options: SessionOptions) {
    this.outlet = outlet;
    this.options = options;
    const { maxHeaderBytes, maxMessageBytes } = options.limits;
    this.reader = new PacketReader({ maxMetaBytes: maxHeaderBytes, maxRestBytes: 2 * maxMessageBytes });
  }

  abstract readonly open: number;
  abstract lost(status: Status): void;
  abstract retire(): void;

  /** Takes a packet of a call, if its meta is known from others and nothing speaks against it; false: the meta is to be read. */
  protected abstract recognized(): boolean;

  /** Takes a packet of a call, whose meta has been read; false: only as far as it can be. */
  protected abstract called(whole: boolean): void;

  /** Takes a packet of a call whose message is too long, and is skipped. */
  protected abstract oversized(whole: boolean): void;

  /** The stream that has this id; undefined: none has it any more. */
  protected abstract streamOf(id: number): Stream | undefined;

  /** Takes a frame for stream 0, which no stream is: it is about the connection. */
  protected abstract about(frame: StreamFrameMeta): void;

  /** Takes the first frame of a stream whose far end is not known; false: it is for the stream itself. */
  protected abstract introduced(stream: Stream, frame: StreamFrameMeta, data: Uint8Array): boolean;

  get full(): boolean {
    return this.outlet.full;
  }

  receive(chunk: Uint8Array): void {
    if (this.#over) return;
    this.reader.push(chunk);
    this.#read();
    this.reader.keep();
  }

  gather(): void {
    if (this.#owing.size === 0) return;
    this.#gathering = true;
    for (const stream of this.#owing) stream.feedback();
    this.#owing.clear();
    this.#gathering = false;
  }

  finish(): void {
    // What is held up is read when its blocker is gone; only then is a packet known to be cut.
    if (this.#blocker === undefined && this.reader.held > 0) this.fail("The connection ended within a packet.");
  }

  drained(): void {
    if (this.#waiting.size === 0) return;
    const streams = [...this.#waiting];
    this.#waiting.clear();
    for (const stream of streams) stream.drained();
  }

  sent(bytes: number): void {
    if (!this.#gathering) this.outlet.wrote(bytes);
  }

  owes(stream: Stream): void {
    if (this.#owing.has(stream)) return;
    this.#owing.add(stream);
    this.outlet.wrote(FEEDBACK_BYTES);
  }

  waits(stream: Stream): void {
    this.#waiting.add(stream);
  }

  block(blocker: unknown): void {
    this.#blocker ??= blocker;
    this.outlet.pause();
  }

  unblock(blocker: unknown): void {
    if (this.#blocker === undefined || this.#blocker !== blocker) return;
    this.#blocker = undefined;
    this.#read();
    if (this.#blocker !== undefined || this.#over) return;
    this.reader.keep();
    this.outlet.resume();
  }

  /** Sends a packet of a call. */
  put(head: PacketHead, message: Uint8Array): void {
    if (!this.#over) this.outlet.wrote(writePacket(this.output, head, message));
  }

  /** Sends a frame about the connection, or about a call's number. */
  protected tell(type: number, source: number): void {
    if (!this.#over) this.outlet.wrote(writeStreamFrame(this.output, { type, low: 0, high: 0, source }));
  }

  /** Ends a connection whose peer takes too long to send a packet. What is held up by this end takes its time. */
  protected hurry(elapsedMs: number): void {
    this.#arrivingMs = this.reader.held === 0 || this.#blocker !== undefined ? 0 : this.#arrivingMs + elapsedMs;
    const { requestTimeoutMs } = this.options.limits;
    if (!this.#over && this.#arrivingMs > requestTimeoutMs)
      this.fail(`A packet has to arrive within ${requestTimeoutMs} ms, and this one has not.`);
  }

  /** Stops for good: the peer cannot be understood any more. */
  protected fail(reason: string): void {
    if (this.#over) return;
    this.#over = true;
    this.outlet.fail(reason);
    this.lost(failure("unavailable", reason));
  }

  #read(): void {
    const { reader, meta } = this;
    while (this.#blocker === undefined && !this.#over) {
      const found = reader.next();
      if (found === "more") return;
      this.#arrivingMs = 0;
      if (found === "call") {
        if (!this.recognized()) this.called(meta.read(reader.bytes, reader.metaStart, reader.metaEnd));
      } else if (found === "stream") this.#streamed();
      else if (found === "broken") this.fail(reader.reason);
      else this.oversized(meta.read(reader.bytes, reader.metaStart, reader.metaEnd));
    }
  }

  #streamed(): void {
    const { reader } = this;
    const frame = this.#frame;
    if (!frame.read(reader.bytes, reader.metaStart, reader.metaEnd)) {
      this.fail("The meta of a stream's frame cannot be read.");
      return;
    }
    if (frame.low === 0 && frame.high === 0) {
      this.about(frame);
      return;
    }
    const data = reader.part(reader.metaEnd, reader.end);
    const stream = this.streamOf(frame.high * 2 ** 32 + frame.low);
    if (stream === undefined) this.#stray(frame);
    else if (stream.connected || !this.introduced(stream, frame, data)) stream.hear(frame, data);
  }

  /** A frame for a stream that has ended: its writer is told, as brpc does. */
  #stray({ type, sourceLow, sourceHigh }: StreamFrameMeta): void {
    if (type !== FRAME.data || (sourceLow === 0 && sourceHigh === 0)) return;
    const frame = { type: FRAME.rst, low: sourceLow, high: sourceHigh, source: 0 };
    this.outlet.wrote(writeStreamFrame(this.output, frame));
  }
}
