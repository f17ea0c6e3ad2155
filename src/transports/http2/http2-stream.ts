import { isSettled } from "../../bytes/settled.js";
import { InBuffer } from "../../bytes/in-buffer.js";
import type { ByteRange, HttpAnswer, HttpIn, HttpOut } from "../../wires/http.js";
import type { ErrorCode } from "./error-code.js";
import { answerEntries, fieldEntries } from "./field-entries.js";
import type { Entry } from "./header-table.js";
import type { ReceivingStream } from "./receive-windows.js";
import type { Sender, SendingStream } from "./sender.js";

type Status = Parameters<HttpIn["reset"]>[0];
type Fields = HttpAnswer["fields"];

/** What a stream needs of its connection. */
export interface StreamOwner {
  readonly sender: Sender;
  /** More waits to leave than a reader who keeps up leaves lying. */
  readonly full: boolean;
  /** Gives the peer room for so many bytes that have been used. */
  used(stream: Http2Stream, bytes: number): void;
  /** Tells the peer that the stream is over. */
  writeReset(stream: Http2Stream, code: ErrorCode): void;
  /** This end has said everything. */
  said(stream: Http2Stream): void;
  /** What was written since the output was so long is to leave. */
  announce(before: number): void;
}

/** One exchange on a connection of HTTP/2 (RFC 9113 §5): its two directions, and the way to answer or to ask. */
export class Http2Stream implements HttpOut, SendingStream, ReceivingStream {
  readonly id: number;
  /** Hears the peer. */
  in: HttpIn | undefined = undefined;
  sendWindow: number;
  receiveWindow: number;
  unacked: number = 0;
  windowSize: number;
  /** What the body is to be long, where the head says it, less what has come. */
  expected: number | undefined = undefined;
  /** The peer's head has come, so that data and trailers may. */
  headed: boolean = false;
  /** An answer to this has no body, whatever its head says of one (RFC 9110 §9.3.2). */
  bodiless: boolean = false;
  remoteEnded: boolean = false;
  localEnded: boolean = false;
  /** The exchange ended before its time: no more is heard or said. */
  over: boolean = false;
  readonly #owner: StreamOwner;
  /** What is still to be sent: bytes, then the end with its trailers. */
  #queue: Uint8Array[] | undefined = undefined;
  #ending = false;
  #trailers: Fields | undefined = undefined;
  #headSent = false;
  /** The writer was told to wait. */
  #held = false;
  /** What came while its reader wanted no more, and whether it is the last. */
  #unread: InBuffer | undefined = undefined;
  #unreadLast = false;
  #paused = false;

  constructor(owner: StreamOwner, id: number, windows: { readonly send: number; readonly receive: number }) {
    this.#owner = owner;
    this.id = id;
    this.sendWindow = windows.send;
    this.receiveWindow = this.windowSize = windows.receive;
  }

  /** The answer has begun, or the request. */
  get begun(): boolean {
    return this.#headSent;
  }

  get waits(): boolean {
    return this.#queue !== undefined;
  }

  /** Takes bytes that came; the last of them ends the peer's direction. */
  hear(bytes: Uint8Array, range: ByteRange, last: boolean): void {
    if (this.over || this.in === undefined) this.#owner.used(this, range.end - range.start);
    else if (!this.#paused) this.#tell(bytes, range, last);
    else {
      this.#unreadLast = last;
      if (range.end === range.start) return;
      // Small pieces together, since a peer chooses how small they are.
      this.#unread ??= new InBuffer();
      this.#unread.push(bytes.subarray(range.start, range.end));
      this.#unread.keep();
    }
  }

  /** The exchange has ended before its time. */
  lost(status: Status): void {
    if (this.over) return;
    this.over = true;
    this.drop();
    this.in?.reset(status);
  }

  /** The exchange has ended before the far end looked at it; `sent`: some of it had left. */
  refused(status: Status, sent: boolean): void {
    const hears = this.in;
    if (this.over || this.headed || hears?.refused === undefined) {
      this.lost(status);
      return;
    }
    this.over = true;
    this.drop();
    hears.refused(status, sent);
  }

  /** Nobody wants to hear more from this end. */
  hush(): void {
    this.localEnded = true;
    this.#held = false;
    if (this.#queue === undefined) return;
    this.#owner.sender.queued -= lengthOf(this.#queue);
    this.#queue = undefined;
  }

  /** Forgets what waits to be sent, and to be read. */
  drop(): void {
    this.hush();
    const held = this.#unread?.held ?? 0;
    this.#unread = undefined;
    if (held > 0) this.#owner.used(this, held);
  }

  /** Opens a request; with a body it is the whole of it. */
  ask(head: readonly Entry[], body: string | Uint8Array | undefined): void {
    const { sender } = this.#owner;
    const before = sender.output.length;
    this.#headSent = true;
    sender.headers(this, head, body?.length === 0);
    if (body?.length === 0) this.#said();
    else if (body !== undefined) {
      this.#ending = true;
      this.#send(body);
    }
    this.#owner.announce(before);
  }

  respond(head: HttpAnswer, body: string | Uint8Array, trailers?: Fields): void {
    if (this.over || this.#headSent) return;
    const { sender } = this.#owner;
    const before = sender.output.length;
    const bare = this.bodiless || (body.length === 0 && trailers === undefined);
    this.#headSent = this.#ending = true;
    sender.headers(this, answerEntries(head), bare);
    if (bare) this.#said();
    else {
      this.#trailers = trailers;
      if (body.length > 0) this.#send(body);
      else this.#end(false);
    }
    this.#owner.announce(before);
  }

  head(head: HttpAnswer): void {
    if (this.over || this.#headSent) return;
    const { sender } = this.#owner;
    const before = sender.output.length;
    this.#headSent = true;
    sender.headers(this, answerEntries(head), this.bodiless);
    if (this.bodiless) this.#said();
    this.#owner.announce(before);
  }

  data(body: string | Uint8Array, last: boolean): boolean {
    if (this.over || this.#ending || this.localEnded) return true;
    const { sender } = this.#owner;
    const before = sender.output.length;
    this.#ending = last;
    if (body.length > 0) this.#send(body);
    else if (last && this.#queue === undefined) this.#end(false);
    this.#owner.announce(before);
    this.#held = !last && (this.#queue !== undefined || this.#owner.full);
    return !this.#held;
  }

  /** Ends the answer with trailers. */
  trailers(fields: Fields): void {
    if (this.over || this.#ending || this.localEnded) return;
    const before = this.#owner.sender.output.length;
    this.#ending = true;
    this.#trailers = fields;
    if (this.#queue === undefined) this.#end(false);
    this.#owner.announce(before);
  }

  resume(): void {
    if (!this.#paused || this.over) return;
    this.#paused = false;
    const unread = this.#unread;
    this.#unread = undefined;
    if (unread !== undefined) this.#tell(unread.bytes, { start: unread.at, end: unread.until }, this.#unreadLast);
    else if (this.#unreadLast) this.#tell(EMPTY, NOWHERE, true);
  }

  reset(status: Status): void {
    if (this.over) return;
    this.over = true;
    this.#owner.writeReset(
      this,
      status.code === "canceled" || status.code === "deadline_exceeded" ? "CANCEL" : "INTERNAL_ERROR",
    );
    this.drop();
  }

  upgrade(): boolean {
    return false;
  }

  flush(): void {
    const { sender } = this.#owner;
    let end = false;
    while (this.#queue !== undefined) {
      const [first = EMPTY] = this.#queue;
      end = this.#endsWith(1);
      const sent = sender.data(this, first, end);
      sender.queued -= sent;
      if (sent < first.length) {
        this.#queue[0] = first.subarray(sent);
        sender.wait(this);
        return;
      }
      if (this.#queue.length === 1) this.#queue = undefined;
      else this.#queue.shift();
    }
    if (this.#ending) this.#end(end);
    else if (!this.#owner.full) this.room();
  }

  /** Tells a writer who was told to wait that there is room. */
  room(): void {
    if (!this.#held || this.over || this.#queue !== undefined) return;
    this.#held = false;
    this.in?.room();
  }

  #tell(bytes: Uint8Array, range: ByteRange, last: boolean): void {
    const length = range.end - range.start;
    this.#paused = this.in?.data(bytes, range, last) === false && !last;
    if (length > 0) this.#owner.used(this, length);
  }

  /** Sends bytes, of which there are some, or lets them wait. */
  #send(body: string | Uint8Array): void {
    const { sender } = this.#owner;
    const end = this.#endsWith(0);
    if (this.#queue === undefined && typeof body === "string" && sender.text(this, body, end)) {
      if (this.#ending) this.#end(end);
      return;
    }
    const bytes = typeof body === "string" ? encoder.encode(body) : body;
    const sent = this.#queue === undefined ? sender.data(this, bytes, end) : 0;
    if (sent === bytes.length) {
      if (this.#ending) this.#end(end);
      return;
    }
    // What the windows do not let through has to outlive its lender.
    const left = bytes.subarray(sent);
    const rest = isSettled(bytes) ? left : new Uint8Array(left);
    sender.queued += rest.length;
    if (this.#queue !== undefined) this.#queue.push(rest);
    else {
      this.#queue = [rest];
      sender.wait(this);
    }
  }

  /** Whether the end goes with the last byte, where so many pieces are queued with it. */
  #endsWith(queued: number): boolean {
    return this.#ending && this.#trailers === undefined && (this.#queue?.length ?? 0) === queued;
  }

  /** All bytes have been sent, and nothing follows but the end; `gone`: it went with the last of them. */
  #end(gone: boolean): void {
    const { sender } = this.#owner;
    if (this.#trailers !== undefined) sender.headers(this, fieldEntries(this.#trailers), true);
    else if (!gone) sender.data(this, EMPTY, true);
    this.#said();
  }

  #said(): void {
    this.localEnded = true;
    this.#owner.said(this);
  }
}

const encoder = new TextEncoder();
const EMPTY = new Uint8Array(0);
const NOWHERE: ByteRange = { start: 0, end: 0 };

function lengthOf(pieces: readonly Uint8Array[]): number {
  let length = 0;
  for (const { length: bytes } of pieces) length += bytes;
  return length;
}
