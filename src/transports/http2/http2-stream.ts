import type { OutBuffer } from "../../bytes/out-buffer.js";
import type { HttpAnswer, HttpIn, HttpOut } from "../../wires/http.js";
import type { ErrorCode } from "./error-code.js";
import type { Entry } from "./header-table.js";

type Status = Parameters<HttpIn["reset"]>[0];
type Fields = HttpAnswer["fields"];

/** What a stream needs of its connection. */
export interface StreamOwner {
  readonly output: OutBuffer;
  /** More waits to leave than a reader who keeps up leaves lying. */
  readonly full: boolean;
  /** Bytes that the peer's window for the connection has room for. */
  sendWindow: number;
  /** Writes a header block as HEADERS and, where it is long, CONTINUATION frames. */
  writeHeaders(stream: Http2Stream, fields: readonly Entry[], end: boolean): void;
  /** Fields as they are written; the same object for the same object. */
  entriesOf(fields: Fields | HttpAnswer): readonly Entry[];
  /** Writes as much as fits in one DATA frame; returns how much. */
  writeData(stream: Http2Stream, body: Uint8Array, from: number, end: boolean): number;
  /** There is more to send than the windows let. */
  blocked(stream: Http2Stream): void;
  /** Gives the peer room for so many bytes that have been used. */
  used(stream: Http2Stream, bytes: number): void;
  writeReset(stream: Http2Stream, code: ErrorCode): void;
  /** Both directions have ended. */
  closed(stream: Http2Stream): void;
  announce(before: number): void;
}

/** One exchange on a connection of HTTP/2 (RFC 9113 §5): its windows, its two directions, and the way to answer. */
export class Http2Stream implements HttpOut {
  readonly id: number;
  /** Hears the peer. */
  in: HttpIn | undefined = undefined;
  /** Bytes that the peer has room for on this stream; below 0 where it has made its window smaller. */
  sendWindow: number;
  /** Bytes that the peer may still send. */
  receiveWindow: number;
  /** Bytes that have been used since the peer was last given room. */
  unacked: number = 0;
  /** What the body is to be long, where the head says it, less what has come. */
  expected: number | undefined = undefined;
  /** The head of the answer has come (client). */
  answered: boolean = false;
  remoteEnded: boolean = false;
  localEnded: boolean = false;
  /** No more is heard or said. */
  over: boolean = false;
  readonly #owner: StreamOwner;
  /** What is still to be sent: bytes, then the end with its trailers. */
  #queue: Uint8Array[] = [];
  #ending = false;
  #trailers: Fields | undefined = undefined;
  #headSent = false;
  #waiting = false;
  /** What came while its reader wanted no more. */
  #held: { bytes: Uint8Array; last: boolean }[] = [];
  #paused = false;
  readonly #range = { start: 0, end: 0 };

  constructor(owner: StreamOwner, id: number, windows: { readonly send: number; readonly receive: number }) {
    this.#owner = owner;
    this.id = id;
    this.sendWindow = windows.send;
    this.receiveWindow = windows.receive;
  }

  /** Takes bytes that came; the last of them ends the peer's direction. */
  hear(bytes: Uint8Array, start: number, end: number, last: boolean): void {
    if (this.over || this.in === undefined) {
      this.#owner.used(this, end - start);
      return;
    }
    if (this.#paused) {
      this.#held.push({ bytes: bytes.slice(start, end), last });
      return;
    }
    this.#range.start = start;
    this.#range.end = end;
    this.#paused = !this.in.data(bytes, this.#range, last) && !last;
    this.#owner.used(this, end - start);
  }

  /** The exchange has ended before its time. */
  lost(status: Status): void {
    if (this.over) return;
    this.over = true;
    this.#drop();
    this.in?.reset(status);
  }

  /** Opens a request; with a body it is the whole of it. */
  ask(head: readonly Entry[], body: string | Uint8Array | undefined): void {
    const before = this.#owner.output.length;
    const bytes = typeof body === "string" ? encoder.encode(body) : body;
    this.#headSent = true;
    this.#owner.writeHeaders(this, head, bytes?.length === 0);
    if (bytes?.length === 0) this.#said();
    else if (bytes !== undefined) {
      this.#ending = true;
      this.#send(bytes);
    }
    this.#owner.announce(before);
  }

  respond(head: HttpAnswer, body: string | Uint8Array, trailers?: Fields): void {
    if (this.over || this.#headSent) return;
    const before = this.#owner.output.length;
    this.#headSent = true;
    const bytes = typeof body === "string" ? encoder.encode(body) : body;
    const bare = bytes.length === 0 && trailers === undefined;
    this.#owner.writeHeaders(this, this.#owner.entriesOf(head), bare);
    if (bare) this.#said();
    else {
      this.#ending = true;
      this.#trailers = trailers;
      this.#send(bytes);
    }
    this.#owner.announce(before);
  }

  head(head: HttpAnswer): void {
    if (this.over || this.#headSent) return;
    const before = this.#owner.output.length;
    this.#headSent = true;
    this.#owner.writeHeaders(this, this.#owner.entriesOf(head), false);
    this.#owner.announce(before);
  }

  data(body: string | Uint8Array, last: boolean): boolean {
    if (this.over || this.#ending || this.localEnded) return true;
    const before = this.#owner.output.length;
    this.#ending = last;
    this.#send(typeof body === "string" ? encoder.encode(body) : body);
    this.#owner.announce(before);
    this.#waiting = !last && (this.#queue.length > 0 || this.#owner.full);
    return !this.#waiting;
  }

  /** Ends the answer with trailers. */
  trailers(fields: Fields): void {
    if (this.over || this.#ending || this.localEnded) return;
    const before = this.#owner.output.length;
    this.#ending = true;
    this.#trailers = fields;
    this.#send(EMPTY);
    this.#owner.announce(before);
  }

  resume(): void {
    if (!this.#paused || this.over) return;
    this.#paused = false;
    const held = this.#held;
    this.#held = [];
    for (const { bytes, last } of held) this.hear(bytes, 0, bytes.length, last);
  }

  reset(status: Status): void {
    if (this.over) return;
    this.over = true;
    this.#drop();
    this.#owner.writeReset(this, status.code === "canceled" ? "CANCEL" : "INTERNAL_ERROR");
  }

  upgrade(): boolean {
    return false;
  }

  /** There is room in the windows again: sends what waits. True: all of it has left. */
  flush(): boolean {
    while (this.#queue.length > 0) {
      const [first = EMPTY] = this.#queue;
      const sent = this.#write(first);
      if (sent < first.length) {
        this.#queue[0] = first.subarray(sent);
        return false;
      }
      this.#queue.shift();
    }
    if (this.#ending) this.#end();
    return true;
  }

  /** Tells a writer who was told to wait that there is room. */
  room(): void {
    if (!this.#waiting || this.over || this.#queue.length > 0) return;
    this.#waiting = false;
    this.in?.room();
  }

  #send(bytes: Uint8Array): void {
    if (this.#queue.length === 0) {
      const sent = this.#write(bytes);
      if (sent === bytes.length) {
        if (this.#ending) this.#end();
        return;
      }
      // What the windows do not let through has to outlive its lender.
      this.#queue.push(bytes.slice(sent));
    } else if (bytes.length > 0) this.#queue.push(bytes.slice());
    this.#owner.blocked(this);
  }

  /** Writes DATA frames while the windows let it; returns how many bytes. */
  #write(bytes: Uint8Array): number {
    let sent = 0;
    const endsHere = this.#ending && this.#trailers === undefined && this.#queue.length <= 1;
    while (sent < bytes.length) {
      const written = this.#owner.writeData(this, bytes, sent, endsHere);
      if (written === 0) break;
      sent += written;
    }
    if (endsHere && sent === bytes.length && bytes.length > 0) this.#said();
    return sent;
  }

  #end(): void {
    if (this.localEnded) return;
    if (this.#trailers !== undefined) this.#owner.writeHeaders(this, this.#owner.entriesOf(this.#trailers), true);
    else this.#owner.writeData(this, EMPTY, 0, true);
    this.#said();
  }

  #said(): void {
    this.localEnded = true;
    this.#owner.closed(this);
  }

  #drop(): void {
    this.#queue = [];
    for (const { bytes } of this.#held) this.#owner.used(this, bytes.length);
    this.#held = [];
  }
}

const encoder = new TextEncoder();
const EMPTY = new Uint8Array(0);
