import { copyOf } from "../../bytes/slab.js";
import { DEAF, type Sink } from "../../call/sink.js";

/** Where so much waits unread, whatever the far end's window is, the connection is not read until there is less. */
const AHEAD_BYTES = 8 * 1024 * 1024;
/** What a message that is kept takes beside its bytes. */
export const MESSAGE_COST = 64;

/** What the hearing half of a stream tells its stream. */
export interface StreamInputOwner {
  /** A message was passed on. */
  took(): void;
  /** Too much waits unread, or no longer so. */
  crowded(isCrowded: boolean): void;
  /** The far end has said everything, and all of it was passed on. Told once. */
  finished(): void;
  /** A message is too long. */
  overrun(reason: string): void;
}

/**
 * The hearing half of a stream: puts messages together of their pieces (`has_continuation` of StreamFrameMeta), passes them on, and keeps those that the sink
 * has no room for.
 */
export class StreamInput {
  /** Where messages go. */
  sink: Sink = DEAF;
  /** How many bytes of messages have been passed on in all. */
  consumed: number = 0;
  readonly #owner: StreamInputOwner;
  readonly #maxMessageBytes: number;
  /** Messages that the sink has no room for, and what they take. */
  readonly #unread: Uint8Array[] = [];
  #unreadBytes = 0;
  #full = false;
  /** The pieces of a message that goes on. */
  #pieces: Uint8Array[] = [];
  #piecesBytes = 0;
  /** The far end has said everything; that was told; nothing more is heard. */
  #closed = false;
  #toldClosed = false;
  #over = false;

  constructor(owner: StreamInputOwner, maxMessageBytes: number) {
    this.#owner = owner;
    this.#maxMessageBytes = maxMessageBytes;
  }

  /** Takes a piece of a message, which is lent; `continued`: another follows. */
  piece(data: Uint8Array, continued: boolean): void {
    if (this.#closed) return;
    if (data.length + this.#piecesBytes > this.#maxMessageBytes) {
      this.#owner.overrun(`A message of a stream may have ${this.#maxMessageBytes} bytes, and this one has more.`);
      return;
    }
    if (continued) {
      this.#pieces.push(copyOf(data));
      this.#piecesBytes += data.length;
    } else if (this.#pieces.length === 0) this.take(data);
    else {
      const whole = joined([...this.#pieces, data], this.#piecesBytes + data.length);
      this.#pieces = [];
      this.#piecesBytes = 0;
      this.take(whole);
    }
  }

  /** Takes a message, which is lent: passes it on, or keeps it until there is room. */
  take(message: Uint8Array): void {
    if (!this.#full && this.#unread.length === 0) {
      this.#pass(message);
      return;
    }
    this.#unread.push(copyOf(message));
    this.#unreadBytes += message.length + MESSAGE_COST;
    if (this.#unreadBytes > AHEAD_BYTES) this.#owner.crowded(true);
  }

  /** The far end has said everything. */
  close(): void {
    this.#closed = true;
    this.#settle();
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
    if (this.#unreadBytes < AHEAD_BYTES / 2) this.#owner.crowded(false);
    this.#settle();
  }

  /** Forgets what was not passed on, and hears no more. */
  end(): void {
    this.#over = true;
    this.#unread.length = 0;
    this.#pieces = [];
  }

  #pass(message: Uint8Array): void {
    this.#full = !this.sink.message(message);
    this.consumed += message.length;
    if (!this.#over) this.#owner.took();
  }

  #settle(): void {
    if (!this.#closed || this.#toldClosed || this.#unread.length > 0 || this.#over) return;
    this.#toldClosed = true;
    this.#owner.finished();
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
