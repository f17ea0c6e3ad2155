import type { OutBuffer } from "../../bytes/out-buffer.js";
import { copyOf } from "../../bytes/slab.js";
import { DEAF, type Sink } from "../../call/sink.js";
import type { StreamSettings } from "./rpc-meta.js";
import { FRAME, type StreamFrameMeta, writeStreamFrame } from "./stream-frame.js";
import { MESSAGE_COST, StreamInput, type StreamInputOwner } from "./stream-input.js";

/** A writer stops when so many bytes are on their way that the reader has not taken. brpc's own is 2 MiB (`max_buf_size`). */
const WINDOW_BYTES = 512 * 1024;
/** So much is kept for a far end that is not known yet. */
const EARLY_BYTES = 64 * 1024;

/** What a stream needs of its session. */
export interface StreamOwner {
  readonly output: OutBuffer;
  /** The output is full: writers wait for `drained`. */
  readonly full: boolean;
  /** So many bytes were written for a stream. */
  sent(bytes: number): void;
  /** Something was taken of a stream: its feedback is to be written at the end of this turn. */
  owes(stream: Stream): void;
  /** `stream.drained` is to be called when the output is no longer full. */
  waits(stream: Stream): void;
  /** Nothing more is read until `unblock` with the same. */
  block(blocker: unknown): void;
  unblock(blocker: unknown): void;
}

/** What a stream tells of its far end. */
export interface StreamHearer {
  /** It has said everything, and all of it has been taken. */
  closed(): void;
  /** It wants no more, and says nothing more. */
  reset(): void;
  /** It sends a message that is too long. */
  overrun(reason: string): void;
}

/**
 * One end of a stream (brpc's src/brpc/stream.cpp): messages go as frames between two ids, and each end says how many bytes it has taken in all, so that the other knows
 * when to stop. Until `connect` nothing is known of the far end, and what is said is kept.
 */
export class Stream implements StreamInputOwner {
  /** This end's id. */
  readonly id: number;
  /** Who waits for room. */
  writer: Sink = DEAF;
  readonly #owner: StreamOwner;
  readonly #hearer: StreamHearer;
  readonly #input: StreamInput;
  #connected = false;
  #low = 0;
  #high = 0;
  #wantsFeedback = false;
  #produced = 0;
  #remoteConsumed = 0;
  #told = 0;
  /** What was said before the far end was known. */
  #early: Uint8Array[] = [];
  #earlyBytes = 0;
  #earlyClose = false;
  #closed = false;
  #over = false;
  #waiting = false;

  constructor(
    owner: StreamOwner,
    hearer: StreamHearer,
    parts: { readonly id: number; readonly maxMessageBytes: number },
  ) {
    this.#owner = owner;
    this.#hearer = hearer;
    this.id = parts.id;
    this.#input = new StreamInput(this, parts.maxMessageBytes);
  }

  /** Where messages go. */
  set sink(sink: Sink) {
    this.#input.sink = sink;
  }

  get connected(): boolean {
    return this.#connected;
  }

  /** The far end is known. What was kept for it is sent. */
  connect({ low, high, needFeedback }: StreamSettings): void {
    this.#connected = true;
    this.#low = low;
    this.#high = high;
    this.#wantsFeedback = needFeedback;
  }

  /** Sends what was said before the far end was known. */
  flush(): void {
    const early = this.#early;
    if (early.length === 0 && !this.#earlyClose) return;
    this.#early = [];
    let room = true;
    for (const message of early) room = this.send(message);
    if (this.#earlyClose) this.close();
    else if (room && this.#earlyBytes >= EARLY_BYTES) this.writer.drain();
  }

  /** Sends a message, which is lent; false: full, and `writer` is told when there is room. */
  send(message: Uint8Array): boolean {
    if (this.#closed || this.#over) return true;
    if (!this.#connected) {
      this.#early.push(copyOf(message));
      this.#earlyBytes += message.length + MESSAGE_COST;
      return this.#earlyBytes < EARLY_BYTES;
    }
    this.#write(FRAME.data, message);
    this.#produced += message.length;
    if (this.#owner.full) {
      this.#waiting = true;
      this.#owner.waits(this);
    } else if (this.#produced - this.#remoteConsumed >= WINDOW_BYTES) this.#waiting = true;
    return !this.#waiting;
  }

  /** This end has said everything. It goes on hearing. */
  close(): void {
    if (this.#closed || this.#over) return;
    if (!this.#connected) {
      this.#earlyClose = true;
      return;
    }
    this.#closed = true;
    this.#write(FRAME.close);
  }

  /** Ends the stream, both ways; the far end is told where it is known. */
  reset(): void {
    if (this.#over) return;
    if (this.#connected) this.#write(FRAME.rst);
    this.end();
  }

  /** Ends the stream without a word. */
  end(): void {
    this.#over = true;
    this.#early = [];
    this.#input.end();
    this.#owner.unblock(this);
  }

  /** Sends the packet that tells the far end of this one, which is no message. */
  introduce(packet: Uint8Array): void {
    this.#write(FRAME.data, packet);
  }

  /** Takes a frame for this stream; `data` is lent. */
  hear(frame: StreamFrameMeta, data: Uint8Array): void {
    if (this.#over) return;
    if (frame.type === FRAME.data) this.#input.piece(data, frame.continued);
    else if (frame.type === FRAME.feedback) {
      // What was not sent cannot have been taken.
      this.#remoteConsumed = Math.min(this.#produced, Math.max(this.#remoteConsumed, frame.consumed));
      if (!this.#owner.full) this.drained();
    } else if (frame.type === FRAME.close) this.#input.close();
    else if (frame.type === FRAME.rst) {
      this.end();
      this.#hearer.reset();
    }
  }

  /** Takes a message that came beside the frames, which is lent. */
  take(message: Uint8Array): void {
    this.#input.take(message);
  }

  /** The sink has room again. */
  read(): void {
    this.#input.read();
  }

  /** The output is no longer full. */
  drained(): void {
    if (!this.#waiting || this.#over || this.#produced - this.#remoteConsumed >= WINDOW_BYTES) return;
    this.#waiting = false;
    this.writer.drain();
  }

  /** Tells the far end how much has been taken, if it wants to know. */
  feedback(): void {
    const { consumed } = this.#input;
    if (this.#over || this.#told === consumed) return;
    this.#told = consumed;
    this.#write(FRAME.feedback);
  }

  took(): void {
    if (this.#wantsFeedback) this.#owner.owes(this);
  }

  crowded(isCrowded: boolean): void {
    if (isCrowded) this.#owner.block(this);
    else this.#owner.unblock(this);
  }

  finished(): void {
    this.#hearer.closed();
  }

  overrun(reason: string): void {
    this.#hearer.overrun(reason);
  }

  #write(type: number, data?: Uint8Array): void {
    const frame = { type, low: this.#low, high: this.#high, source: this.id };
    const told = type === FRAME.feedback ? { ...frame, consumed: this.#told } : frame;
    this.#owner.sent(writeStreamFrame(this.#owner.output, told, data));
  }
}
