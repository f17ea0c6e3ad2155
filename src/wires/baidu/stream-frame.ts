import { FieldReader } from "../../bytes/protobuf-fields.js";
import { fieldRoom, FieldWriter } from "../../bytes/field-writer.js";
import type { OutBuffer } from "../../bytes/out-buffer.js";
import { HEAD_BYTES } from "./packet-reader.js";

/** What a frame of a stream does (FrameType of brpc's streaming_rpc_meta.proto). */
export const FRAME = { rst: 1, close: 2, data: 3, feedback: 4 } as const;

const STRM = 0x5354_524d;
/** Two ids, a kind and a count, of at most 11 bytes each, and what holds the count. */
const META_ROOM = fieldRoom(0) * 5;

/** A frame's meta (StreamFrameMeta), read into one object that is used again for the next. */
export class StreamFrameMeta {
  /** The receiver's id of the stream, and the sender's, in two halves each. */
  low: number = 0;
  high: number = 0;
  sourceLow: number = 0;
  sourceHigh: number = 0;
  type: number = 0;
  /** More of the same message follows. */
  continued: boolean = false;
  /** How many bytes the sender of feedback has taken in all. */
  consumed: number = 0;
  readonly #outer: FieldReader = new FieldReader();
  readonly #inner: FieldReader = new FieldReader();

  /** Reads a meta; false: the bytes are none. */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    this.low = this.high = this.sourceLow = this.sourceHigh = this.type = this.consumed = 0;
    this.continued = false;
    const outer = this.#outer;
    outer.open(bytes, start, end);
    while (outer.next()) {
      if (outer.kind === "varint") this.#number();
      else if (outer.kind === "bytes" && outer.number === 5 && !this.#feedback(bytes)) return false;
    }
    return outer.kind !== "broken";
  }

  #number(): void {
    const { number, low, high } = this.#outer;
    if (number === 1) {
      this.low = low;
      this.high = high;
    } else if (number === 2) {
      this.sourceLow = low;
      this.sourceHigh = high;
    } else if (number === 3) this.type = low;
    else if (number === 4) this.continued = low !== 0;
  }

  #feedback(bytes: Uint8Array): boolean {
    const inner = this.#inner;
    inner.open(bytes, this.#outer.start, this.#outer.end);
    while (inner.next())
      if (inner.kind === "varint" && inner.number === 1) this.consumed = inner.high * 2 ** 32 + inner.low;
    return inner.kind !== "broken";
  }
}

/** What a frame that is to be written says. */
export interface StreamFrame {
  readonly type: number;
  /** The receiver's id of the stream, in two halves. */
  readonly low: number;
  readonly high: number;
  /** The sender's. */
  readonly source: number;
  readonly consumed?: number;
}

const writer = new FieldWriter();
const inner = new FieldWriter();

/** Writes a frame, and what it carries; returns how many bytes it has. */
export function writeStreamFrame(output: OutBuffer, frame: StreamFrame, data: Uint8Array = NONE): number {
  const at = output.reserve(HEAD_BYTES + META_ROOM + data.length);
  const { type, low, high, source, consumed } = frame;
  writer.open(output.bytes, at + HEAD_BYTES);
  writer.number(1, low, high);
  writer.number(2, source, Math.floor(source / 2 ** 32));
  writer.number(3, type);
  if (consumed !== undefined) {
    inner.open(new Uint8Array(fieldRoom(0)), 0);
    inner.number(1, consumed, Math.floor(consumed / 2 ** 32));
    writer.field(5, inner.bytes.subarray(0, inner.at));
  }
  const metaBytes = writer.at - at - HEAD_BYTES;
  writer.raw(data);
  output.length = writer.at;
  writer.open(output.bytes, at);
  writer.uint32(STRM);
  writer.uint32(metaBytes + data.length);
  writer.uint32(metaBytes);
  writer.bytes = NONE;
  return output.length - at;
}

const NONE = new Uint8Array(0);
