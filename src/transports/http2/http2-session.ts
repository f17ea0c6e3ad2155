import type { ByteRange } from "../../wires/http.js";
import type { Outlet } from "../../wires/wire.js";
import { type ErrorCode, errorNumber, ERROR_CODES } from "./error-code.js";
import { FLAG, FRAME, type Frame, unpad } from "./frame.js";
import type { FrameTaker } from "./frame-reader.js";
import { HeaderBlocks, type Violation } from "./header-blocks.js";
import type { HeaderBlock } from "./hpack-decoder.js";
import { Http2Connection } from "./http2-connection.js";
import type { Http2Options, Watching } from "./http2-options.js";
import { Http2Stream, type StreamOwner } from "./http2-stream.js";
import { readUint32 } from "./numbers.js";
import { ResetStreams } from "./reset-streams.js";
import { writeNumbers } from "./write-frame.js";

/** What frames mean at both ends of a connection of HTTP/2 (RFC 9113 §5, §6): streams, from their heads to their ends. Sans-I/O. */
export abstract class Http2Session extends Http2Connection implements StreamOwner, FrameTaker {
  readonly #blocks: HeaderBlocks;
  readonly #resets: ResetStreams;

  constructor(outlet: Outlet, options: Http2Options, watching: Watching) {
    super(outlet, options, watching);
    this.#blocks = new HeaderBlocks(options.limits, this.http2);
    this.#resets = new ResetStreams(this.http2.resetsKept);
  }

  get blockOn(): number {
    return this.#blocks.open;
  }

  protected override get taker(): FrameTaker {
    return this;
  }

  /** Takes the head of a request, or of an answer, or trailers. */
  protected abstract heard(id: number, block: HeaderBlock, end: boolean): void;

  /** Whether a stream of this number has not been opened yet. */
  protected abstract isIdle(id: number): boolean;

  /** What the peer resets it has opened itself, so that resets cost this end work for nothing. */
  protected abstract readonly resetsHarm: boolean;

  /** Whether the peer may reset a stream that has not been opened. */
  protected mayResetIdle(_id: number, _code: ErrorCode | undefined): boolean {
    return false;
  }

  /** The peer has reset a stream. */
  protected abstract wasReset(stream: Http2Stream, code: ErrorCode): void;

  /** One end has said everything on a stream, and the other not. */
  protected abstract halfEnded(stream: Http2Stream): void;

  /** Both ends have said everything on a stream. */
  protected abstract ended(stream: Http2Stream): void;

  /** Makes a stream and its windows. */
  protected openStream(id: number): Http2Stream {
    const send = this.sender.remote.initialWindowSize;
    const stream = new Http2Stream(this, id, { send, receive: this.http2.streamWindowBytes });
    this.streams.add(stream);
    return stream;
  }

  /** The peer says its last on a stream. */
  protected hearLast(stream: Http2Stream, bytes: Uint8Array, range: ByteRange): void {
    const { localEnded } = stream;
    stream.remoteEnded = true;
    stream.hear(bytes, range, true);
    // What was said while it heard has been seen to.
    if (localEnded) this.#ended(stream);
    else if (!stream.localEnded && !stream.over) this.halfEnded(stream);
  }

  used(stream: Http2Stream, bytes: number): void {
    if (bytes === 0 || this.over) return;
    const before = this.output.length;
    this.windows.used(stream, bytes);
    this.announce(before);
  }

  writeReset(stream: Http2Stream, code: ErrorCode): void {
    this.forget(stream);
    if (stream.remoteEnded && stream.localEnded) return;
    this.#reset(stream.id, code);
  }

  said(stream: Http2Stream): void {
    // gRPC's C core begins each call by making its window larger by the five bytes before a message.
    this.guard.earned("empties");
    if (stream.remoteEnded) this.#ended(stream);
    else this.halfEnded(stream);
  }

  /** Ends a stream because of what its peer did. One that was never opened cannot be ended (§6.4). */
  streamError(id: number, code: ErrorCode): void {
    if (this.isIdle(id)) {
      this.connectionError(code, `A stream that has not been opened, ${id}, was harmed.`);
      return;
    }
    if (this.harmed("resets")) return;
    const stream = this.streams.get(id);
    this.#reset(id, code);
    if (stream === undefined) return;
    this.forget(stream);
    stream.lost({
      code: "internal",
      message: `The peer broke HTTP/2 on this call (${code}).`,
      details: [],
      trailers: [],
    });
  }

  /** A stream is over, and its number with it. */
  protected forget(stream: Http2Stream): void {
    this.streams.delete(stream);
    this.sender.forget(stream);
    if (this.streams.size === 0) this.outlet.wrote(0);
  }

  /** Frames may still come for a stream that is no more: they are passed over. */
  protected ignore(id: number): void {
    this.#resets.add(id);
  }

  takeData(frame: Frame): void {
    const { id, flags, bytes } = frame;
    const length = frame.end - frame.start;
    if (!this.windows.came(length)) {
      this.connectionError("FLOW_CONTROL_ERROR", "More came than the connection's window lets.");
      return;
    }
    const stream = this.streams.get(id);
    if (stream === undefined || stream.remoteEnded || !stream.headed) {
      this.windows.dropped(length);
      this.#unwanted(id, stream);
      return;
    }
    stream.receiveWindow -= length;
    if (!unpad(frame)) {
      this.connectionError("PROTOCOL_ERROR", "A frame has more padding than payload.");
      return;
    }
    const end = (flags & FLAG.endStream) !== 0;
    const size = frame.end - frame.start;
    const wrong = stream.receiveWindow < 0 ? "FLOW_CONTROL_ERROR" : lengthError(stream, size, end);
    if (wrong !== undefined) {
      this.windows.dropped(length);
      this.streamError(id, wrong);
      return;
    }
    if (size === 0 && !end && this.harmed("empties")) return;
    // The padding has been used as it came.
    this.used(stream, length - size);
    if (end) this.hearLast(stream, bytes, frame);
    else if (size > 0) stream.hear(bytes, frame, false);
  }

  takeHeaders(frame: Frame): void {
    this.#block(frame.id, this.#blocks.begin(frame));
  }

  takeContinuation(frame: Frame): void {
    this.#block(frame.id, this.#blocks.goOn(frame));
  }

  /** §5.3.1: priorities mean nothing; a stream that depends on itself was an error, and peers test for it. */
  takePriority({ id, bytes, start }: Frame): void {
    if ((readUint32(bytes, start) & 0x7fff_ffff) === id) this.streamError(id, "PROTOCOL_ERROR");
    else this.harmed("empties");
  }

  takeReset({ id, bytes, start }: Frame): void {
    if (this.isIdle(id) && !this.mayResetIdle(id, ERROR_CODES[readUint32(bytes, start)])) {
      this.connectionError("PROTOCOL_ERROR", "A stream was reset that has not been opened.");
      return;
    }
    const stream = this.streams.get(id);
    if ((stream === undefined || this.resetsHarm) && this.harmed("resets")) return;
    if (stream === undefined) return;
    this.forget(stream);
    this.wasReset(stream, ERROR_CODES[readUint32(bytes, start)] ?? "INTERNAL_ERROR");
  }

  takeWindowUpdate({ id, bytes, start }: Frame): void {
    const increment = readUint32(bytes, start) & 0x7fff_ffff;
    const stream = this.streams.get(id);
    if (increment < SMALL_INCREMENT && this.harmed("empties")) return;
    if (id === 0) {
      if (increment === 0) this.connectionError("PROTOCOL_ERROR", "A window was made larger by nothing.");
      else if (!this.sender.grow(increment))
        this.connectionError("FLOW_CONTROL_ERROR", "The connection's window is too large.");
    } else if (stream === undefined) {
      if (this.isIdle(id)) this.connectionError("PROTOCOL_ERROR", "A window was made larger on a stream not opened.");
    } else if (increment === 0) this.streamError(id, "PROTOCOL_ERROR");
    else if (!this.sender.growStream(stream, increment)) this.streamError(id, "FLOW_CONTROL_ERROR");
  }

  #block(id: number, block: HeaderBlock | Violation | undefined): void {
    if (block === undefined) return;
    if ("code" in block) this.connectionError(block.code, block.reason, block);
    // What comes for a stream that is no more was on its way; its block had to be decoded all the same.
    else if (this.streams.get(id) !== undefined || !this.#resets.has(id)) this.heard(id, block, this.#blocks.endStream);
  }

  #ended(stream: Http2Stream): void {
    this.guard.earned("resets");
    this.forget(stream);
    this.ended(stream);
  }

  #reset(id: number, code: ErrorCode): void {
    if (this.over) return;
    const before = this.output.length;
    writeNumbers(this.output, { type: FRAME.rstStream, flags: 0, id }, [errorNumber(code)]);
    this.announce(before);
    this.ignore(id);
  }

  /** DATA came where none may (§5.1). */
  #unwanted(id: number, stream: Http2Stream | undefined): void {
    if (stream !== undefined) this.streamError(id, stream.remoteEnded ? "STREAM_CLOSED" : "PROTOCOL_ERROR");
    else if (this.isIdle(id)) this.connectionError("PROTOCOL_ERROR", "Data came on a stream that has not been opened.");
    else if (!this.#resets.has(id)) this.connectionError("STREAM_CLOSED", "Data came on a stream that is closed.");
  }
}

/** Smaller ones are counted. */
const SMALL_INCREMENT = 16;

/** Whether a body is longer or shorter than its head says (§8.1.1); counts what came. */
function lengthError(stream: Http2Stream, bytes: number, end: boolean): ErrorCode | undefined {
  if (stream.expected === undefined) return undefined;
  stream.expected -= bytes;
  return stream.expected < 0 || (end && stream.expected > 0) ? "PROTOCOL_ERROR" : undefined;
}
