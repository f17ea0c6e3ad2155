import { InBuffer } from "../../bytes/in-buffer.js";
import type { ErrorCode } from "./error-code.js";
import { FLAG, FRAME, type Frame } from "./frame.js";
import { readUint32 } from "./numbers.js";
import { HEAD_BYTES } from "./write-frame.js";

/** The largest payload of a frame that this end takes: what the protocol begins with (RFC 9113 §6.5.2). */
export const MAX_FRAME_BYTES = 16_384;

/** Takes frames whose place and length are right. */
export interface FrameTaker {
  /** The stream whose header block is not whole, so that only its CONTINUATION may come; 0: none. */
  readonly blockOn: number;
  takeData(frame: Frame): void;
  takeHeaders(frame: Frame): void;
  takePriority(frame: Frame): void;
  takeReset(frame: Frame): void;
  takeSettings(frame: Frame): void;
  takePushPromise(frame: Frame): void;
  takePing(frame: Frame): void;
  takeGoaway(frame: Frame): void;
  takeWindowUpdate(frame: Frame): void;
  takeContinuation(frame: Frame): void;
  /** A frame of a type that is not known (§5.5). */
  takeUnknown(): void;
  /** An error that ends one stream (§5.4.2). */
  streamError(id: number, code: ErrorCode): void;
  /** An error that ends the connection (§5.4.1). */
  connectionError(code: ErrorCode, reason: string): void;
}

interface Rule {
  /** Whether frames of the type are about a stream, the connection, or either. */
  readonly on: "stream" | "connection" | "both";
  /** How long the payload has to be, and what it harms if it is not. */
  readonly length?: number;
  readonly harms?: "stream";
  readonly take: (taker: FrameTaker, frame: Frame) => void;
}

/** What holds for the frames of a type, and who takes them; an entry's index is the type. */
const RULES: readonly Rule[] = [
  { on: "stream", take: (taker, frame) => taker.takeData(frame) },
  { on: "stream", take: (taker, frame) => taker.takeHeaders(frame) },
  { on: "stream", length: 5, harms: "stream", take: (taker, frame) => taker.takePriority(frame) },
  { on: "stream", length: 4, take: (taker, frame) => taker.takeReset(frame) },
  { on: "connection", take: (taker, frame) => taker.takeSettings(frame) },
  { on: "stream", take: (taker, frame) => taker.takePushPromise(frame) },
  { on: "connection", length: 8, take: (taker, frame) => taker.takePing(frame) },
  { on: "connection", take: (taker, frame) => taker.takeGoaway(frame) },
  { on: "both", length: 4, take: (taker, frame) => taker.takeWindowUpdate(frame) },
  { on: "stream", take: (taker, frame) => taker.takeContinuation(frame) },
];

/** Cuts the bytes of a connection into frames (§4), after the words that a client begins with (§3.4). */
export class FrameReader {
  /** The peer's first words have come. */
  greeted: boolean = false;
  readonly #preface: Uint8Array;
  readonly #buffer = new InBuffer();
  /** The frame that is being taken; the same object each time. */
  readonly #frame: { -readonly [Key in keyof Frame]: Frame[Key] } = {
    type: 0,
    flags: 0,
    id: 0,
    bytes: NONE,
    start: 0,
    end: 0,
  };

  /** `preface`: what has to come before the first frame; nothing at a client. */
  constructor(preface: Uint8Array) {
    this.#preface = preface;
  }

  /** Takes a chunk, which is lent until `keep` or `clear`. */
  push(chunk: Uint8Array): void {
    this.#buffer.push(chunk);
  }

  /** What is left of the chunk becomes the reader's own. */
  keep(): void {
    this.#buffer.keep();
  }

  /** Forgets what has come. */
  clear(): void {
    this.#buffer.clear();
  }

  /** Takes the next frame. False: it has not all come, or the connection is in error. */
  next(taker: FrameTaker): boolean {
    if (!this.greeted && !this.#greeting(taker)) return false;
    const buffer = this.#buffer;
    const { bytes, at, held } = buffer;
    if (held < HEAD_BYTES) return false;
    const length = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    if (length > MAX_FRAME_BYTES) {
      taker.connectionError("FRAME_SIZE_ERROR", `A frame may have ${MAX_FRAME_BYTES} bytes, and one has ${length}.`);
      return false;
    }
    if (held < HEAD_BYTES + length) return false;
    const frame = this.#frame;
    frame.type = bytes[at + 3] ?? 0;
    frame.flags = bytes[at + 4] ?? 0;
    frame.id = readUint32(bytes, at + 5) & 0x7fff_ffff;
    frame.bytes = bytes;
    frame.start = at + HEAD_BYTES;
    frame.end = frame.start + length;
    buffer.at = frame.end;
    take(taker, frame, length);
    return true;
  }

  /** Hears the client's first words. False: they have not all come, or are none. */
  #greeting(taker: FrameTaker): boolean {
    const buffer = this.#buffer;
    const preface = this.#preface;
    const { bytes, at, held } = buffer;
    const length = Math.min(held, preface.length);
    for (let i = 0; i < length; i += 1) {
      if (bytes[at + i] === preface[i]) continue;
      taker.connectionError("PROTOCOL_ERROR", "The connection does not begin as HTTP/2.");
      return false;
    }
    if (held < preface.length + HEAD_BYTES) return false;
    buffer.at += preface.length;
    this.greeted = true;
    const type = bytes[buffer.at + 3];
    const flags = bytes[buffer.at + 4] ?? 0;
    if (type === FRAME.settings && (flags & FLAG.ack) === 0) return true;
    taker.connectionError("PROTOCOL_ERROR", "The first frame is none of SETTINGS.");
    return false;
  }
}

const NONE = new Uint8Array(0);

function take(taker: FrameTaker, frame: Frame, length: number): void {
  const { type, id } = frame;
  const { blockOn } = taker;
  // §4.3: nothing comes between the frames of a header block.
  if (blockOn !== 0 && (type !== FRAME.continuation || id !== blockOn)) {
    taker.connectionError("PROTOCOL_ERROR", "A header block was interrupted by another frame.");
    return;
  }
  const rule = RULES[type];
  if (rule === undefined) taker.takeUnknown();
  else if (rule.on === "stream" ? id === 0 : rule.on === "connection" && id !== 0)
    taker.connectionError("PROTOCOL_ERROR", `A frame of type ${type} is on stream ${id}.`);
  else if (rule.length === undefined || length === rule.length) rule.take(taker, frame);
  else if (rule.harms === "stream") taker.streamError(id, "FRAME_SIZE_ERROR");
  else taker.connectionError("FRAME_SIZE_ERROR", `A frame of type ${type} has ${length} bytes.`);
}
