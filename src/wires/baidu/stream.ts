import type { OutBuffer } from "../../bytes/out-buffer.js";
import { DEAF, type Sink } from "../../call/sink.js";
import type { StreamSettings } from "./rpc-meta.js";
import { FRAME, type StreamFrameMeta, writeStreamFrame } from "./stream-frame.js";

/** A writer stops when so many bytes are on their way that the reader has not taken. brpc's own is 2 MiB (`max_buf_size`). */
const WINDOW_BYTES = 512 * 1024;
/** So much is kept for a far end that is not known yet. */
const EARLY_BYTES = 64 * 1024;
/** Where so much waits unread, whatever the far end's window is, the connection is not read until there is less. */
const AHEAD_BYTES = 8 * 1024 * 1024;
/** What an unread message takes beside its bytes. */
const MESSAGE_COST = 64;

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
export class Stream {
  /** This end's id. */
  readonly id: number;
  /** Where messages go. */
  sink: Sink = DEAF;
  /** Who waits for room. */
  writer: Sink = DEAF;
  readonly #owner: StreamOwner;
  readonly #hearer: StreamHearer;
  readonly #maxMessageBytes: number;
  #connected = false;
  #low = 0;
  #high = 0;
  #wantsFeedback = false;
  #produced = 0;
  #remoteConsumed = 0;
  #consumed = 0;
  #told = 0;
  /** What was said before the far end was known. */
  #early: Uint8Array[] = [];
  #earlyBytes = 0;
  #earlyClose = false;
  #closed = false;
  #over = false;
  /** Messages that the sink has no room for, and the bytes in them. */
  readonly #unread: Uint8Array[] = [];
  #unreadBytes = 0;
  #full = false;
  #peerClosed = false;
  #toldClosed = false;
  /** The pieces of a message that goes on. */
  #pieces: Uint8Array[] = [];
  #piecesBytes = 0;
  #waiting = false;

  constructor(
    owner: StreamOwner,
    hearer: StreamHearer,
    parts: { readonly id: number; readonly maxMessageBytes: number },
  ) {
    this.#owner = owner;
    this.#hearer = hearer;
    this.id = parts.id;
    this.#maxMessageBytes = parts.maxMessageBytes;
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
      this.#early.push(new Uint8Array(message));
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
    this.#unread.length = 0;
    this.#pieces = [];
    this.#owner.unblock(this);
  }

  /** Sends the packet that tells the far end of this one, which is no message. */
  introduce(packet: Uint8Array): void {
    this.#write(FRAME.data, packet);
  }

  /** Takes a frame for this stream; `data` is lent. */
  hear(frame: StreamFrameMeta, data: Uint8Array): void {
    if (this.#over) return;
    if (frame.type === FRAME.data) this.#data(frame, data);
    else if (frame.type === FRAME.feedback) {
      // What was not sent cannot have been taken.
      this.#remoteConsumed = Math.min(this.#produced, Math.max(this.#remoteConsumed, frame.consumed));
      if (!this.#owner.full) this.drained();
    } else if (frame.type === FRAME.close) {
      this.#peerClosed = true;
      this.#settle();
    } else if (frame.type === FRAME.rst) {
      this.end();
      this.#hearer.reset();
    }
  }

  /** The sink has room again. */
  read(): void {
    this.#full = false;
    while (!this.#full && !this.#over) {
      const message = this.#unread.shift();
      if (message === undefined) break;
      this.#unreadBytes -= message.length + MESSAGE_COST;
      this.#pass(message);
    }
    if (this.#unreadBytes < AHEAD_BYTES / 2) this.#owner.unblock(this);
    this.#settle();
  }

  /** The output is no longer full. */
  drained(): void {
    if (!this.#waiting || this.#over || this.#produced - this.#remoteConsumed >= WINDOW_BYTES) return;
    this.#waiting = false;
    this.writer.drain();
  }

  /** Tells the far end how much has been taken, if it wants to know. */
  feedback(): void {
    if (this.#over || this.#told === this.#consumed) return;
    this.#told = this.#consumed;
    this.#write(FRAME.feedback);
  }

  #data(frame: StreamFrameMeta, data: Uint8Array): void {
    if (this.#peerClosed) return;
    if (data.length + this.#piecesBytes > this.#maxMessageBytes) {
      this.#hearer.overrun(`A message of a stream may have ${this.#maxMessageBytes} bytes, and this one has more.`);
      return;
    }
    if (frame.continued) {
      this.#pieces.push(new Uint8Array(data));
      this.#piecesBytes += data.length;
    } else if (this.#pieces.length === 0) this.take(data);
    else {
      const whole = joined([...this.#pieces, data], this.#piecesBytes + data.length);
      this.#pieces = [];
      this.#piecesBytes = 0;
      this.take(whole);
    }
  }

  /** Takes a message that came, which is lent: passes it on, or keeps it until there is room. */
  take(message: Uint8Array): void {
    if (!this.#full && this.#unread.length === 0) {
      this.#pass(message);
      return;
    }
    this.#unread.push(new Uint8Array(message));
    this.#unreadBytes += message.length + MESSAGE_COST;
    if (this.#unreadBytes > AHEAD_BYTES) this.#owner.block(this);
  }

  #pass(message: Uint8Array): void {
    this.#full = !this.sink.message(message);
    this.#consumed += message.length;
    if (this.#wantsFeedback && !this.#over) this.#owner.owes(this);
  }

  #settle(): void {
    if (!this.#peerClosed || this.#toldClosed || this.#unread.length > 0 || this.#over) return;
    this.#toldClosed = true;
    this.#hearer.closed();
  }

  #write(type: number, data?: Uint8Array): void {
    const frame = { type, low: this.#low, high: this.#high, source: this.id };
    const told = type === FRAME.feedback ? { ...frame, consumed: this.#told } : frame;
    this.#owner.sent(writeStreamFrame(this.#owner.output, told, data));
  }
}

function joined(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
