import type { HttpAnswer, HttpServe } from "../../wires/http.js";
import type { Outlet, Session } from "../../wires/wire.js";
import type { ErrorCode } from "./error-code.js";
import type { Entry } from "./header-table.js";
import type { HeaderBlock } from "./hpack-decoder.js";
import type { Http2Options } from "./http2-connection.js";
import { Http2Session } from "./http2-session.js";
import type { Http2Stream } from "./http2-stream.js";
import { readMessageHead } from "./message-head.js";
import { readRequestHead, type RequestHead } from "./request-head.js";

type Status = Parameters<Session["lost"]>[0];

/** The largest number of a stream. */
const LAST_STREAM = 0x7fff_ffff;

/** The answering end of a connection of HTTP/2 (RFC 9113). */
export class Http2ServerSession extends Http2Session {
  readonly #serve: HttpServe;
  /** The last stream that the peer has opened, whether or not it was looked at. */
  #lastOpened = 0;
  /** The last stream that will be served, once the goodbye has been said. */
  #lastServed = LAST_STREAM;

  constructor(outlet: Outlet, serve: HttpServe, options: Http2Options) {
    super(outlet, options, PREFACE);
    this.#serve = serve;
    this.greet({ maxConcurrentStreams: options.limits.maxConcurrentCalls });
  }

  override retire(): void {
    if (this.over || this.#lastServed < LAST_STREAM) return;
    const before = this.output.length;
    this.#lastServed = this.#lastOpened;
    this.writeGoaway(this.#lastServed, "NO_ERROR");
    this.announce(before);
  }

  protected override get lastTaken(): number {
    return Math.min(this.#lastOpened, this.#lastServed);
  }

  protected override get mostOutput(): number {
    return this.http2.maxOutputBytes;
  }

  protected override get awaitsSettings(): boolean {
    return !this.settled;
  }

  protected override isIdle(id: number): boolean {
    return id > this.#lastOpened || id % 2 === 0;
  }

  protected override heard(id: number, block: HeaderBlock, end: boolean): void {
    const stream = this.streams.get(id);
    if (stream !== undefined) this.#trailers(stream, block, end);
    else if (id % 2 === 0) this.connectionError("PROTOCOL_ERROR", "A client opened a stream of an even number.");
    else if (id <= this.#lastOpened) this.connectionError("STREAM_CLOSED", "HEADERS came on a stream that is closed.");
    else this.#begin(id, block, end);
  }

  /** A client that says goodbye takes no streams of this end's, which opens none; it closes the connection itself. */
  protected override goaway(): void {}

  protected override resetStatus(_code: ErrorCode): Status {
    return { code: "canceled", message: "The caller cancelled the call.", details: [], trailers: [] };
  }

  /** An answer that is complete while its request is not: the client is asked to stop (§8.1). */
  protected override halfEnded(stream: Http2Stream): void {
    if (!stream.localEnded) return;
    stream.over = true;
    this.writeReset(stream, "NO_ERROR");
    stream.drop();
  }

  protected override ended(stream: Http2Stream): void {
    stream.over = true;
    stream.drop();
  }

  #begin(id: number, block: HeaderBlock, end: boolean): void {
    this.#lastOpened = id;
    if (id > this.#lastServed) {
      this.ignore(id);
      return;
    }
    const head = this.#read(block);
    if (head === undefined || (end && (head.length ?? 0) > 0)) {
      this.streamError(id, "PROTOCOL_ERROR");
      return;
    }
    const stream = this.openStream(id);
    if (this.streams.size > this.limits.maxConcurrentCalls || this.sender.queued > this.http2.maxQueuedBytes) {
      this.#refuse(stream);
      return;
    }
    const { request } = head;
    stream.headed = true;
    stream.remoteEnded = end;
    stream.expected = head.length;
    stream.bodiless = request.method === "HEAD";
    if (block.oversized) stream.respond(TOO_LARGE, "The header fields of the request are too large.\n");
    else if (request.method === "CONNECT") stream.respond(NO_TUNNEL, "This server opens no tunnels.\n");
    else {
      stream.in = this.#serve(request, stream);
      if (end && !stream.localEnded) stream.hear(EMPTY, NOWHERE, true);
      else if (head.expects && !stream.begun && !stream.over) this.sender.headers(stream, CONTINUE, false);
    }
  }

  /** More is open than there may be. Until the peer knows the limit, that is no fault of its (§5.1.2). */
  #refuse(stream: Http2Stream): void {
    if (this.settled && this.harmed("resets")) return;
    stream.over = true;
    this.writeReset(stream, "REFUSED_STREAM");
  }

  #trailers(stream: Http2Stream, block: HeaderBlock, end: boolean): void {
    const head = stream.remoteEnded || !end || block.oversized ? undefined : readMessageHead(block.fields, "trailers");
    if (stream.remoteEnded) this.streamError(stream.id, "STREAM_CLOSED");
    else if (head === undefined || (stream.expected ?? 0) > 0) this.streamError(stream.id, "PROTOCOL_ERROR");
    else {
      if (!stream.over) stream.in?.trailers?.(head.fields);
      this.hearLast(stream, EMPTY, NOWHERE);
    }
  }

  /** The head in a block; the same object for the same block. */
  #read(block: HeaderBlock): RequestHead | undefined {
    // What was lost of a list that is too large may be what it needs.
    if (block.oversized) return UNREAD;
    // A server's blocks begin requests, or are trailers, which keep nothing.
    return (block.memo ??= readRequestHead(block.fields)) as RequestHead | undefined;
  }
}

const EMPTY = new Uint8Array(0);
const NOWHERE = { start: 0, end: 0 };
const PREFACE: Uint8Array = new Uint8Array(Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
const TEXT: HttpAnswer["fields"] = [["content-type", "text/plain; charset=utf-8"]];
const TOO_LARGE: HttpAnswer = { status: 431, fields: TEXT };
const NO_TUNNEL: HttpAnswer = { status: 501, fields: TEXT };
const CONTINUE: readonly Entry[] = [{ name: ":status", value: "100" }];
const UNREAD: RequestHead = {
  request: { method: "", path: "", query: "", fields: [], memo: undefined },
  length: undefined,
  expects: false,
};
