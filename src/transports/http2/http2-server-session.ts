import type { HttpAnswer, HttpServe } from "../../wires/http.js";
import type { Outlet, Session, SessionOptions } from "../../wires/wire.js";
import type { ErrorCode } from "./error-code.js";
import type { Frame } from "./frame.js";
import type { Entry } from "./header-table.js";
import type { HeaderBlock } from "./hpack-decoder.js";
import type { Http2Options } from "./http2-options.js";
import { Http2Session } from "./http2-session.js";
import type { Http2Stream } from "./http2-stream.js";
import { Keepalive } from "./keepalive.js";
import { readMessageHead } from "./message-head.js";
import { carries, PING_MARKS } from "./ping-marks.js";
import { PingStrikes } from "./ping-strikes.js";
import { readRequestHead, type RequestHead } from "./request-head.js";

type Status = Parameters<Session["lost"]>[0];

/** The largest number of a stream. */
const LAST_STREAM = 0x7fff_ffff;

/** A peer that does not answer the goodbye is taken to have heard it after so long. */
const PARTING_MS = 2000;

/** What the answering end is told when it is made. */
export interface Http2ServerOptions extends Http2Options {
  /** How it watches over its peers; without it, not at all. */
  readonly keepalive?: SessionOptions["keepalive"];
}

/** The answering end of a connection of HTTP/2 (RFC 9113). */
export class Http2ServerSession extends Http2Session {
  readonly #serve: HttpServe;
  /** The last stream that the peer has opened, whether or not it was looked at. */
  #lastOpened = 0;
  /** The last stream that will be served, once the goodbye has been said. */
  #lastServed = LAST_STREAM;

  /** How far the goodbye is. */
  #parting: "no" | "announced" | "said" = "no";
  /** Milliseconds since it was announced, and those without a call. */
  #partingMs = 0;
  #idleMs = 0;
  #idleSince = 0;
  readonly #maxIdleMs: number;

  constructor(outlet: Outlet, serve: HttpServe, options: Http2ServerOptions) {
    const { keepalive: rules } = options;
    super(outlet, options, {
      preface: PREFACE,
      keepalive: rules && new Keepalive({ silenceMs: rules.timeMs, answerMs: rules.timeoutMs, withoutCalls: true }),
      strikes: rules && new PingStrikes({ minTimeMs: rules.minTimeMs, withoutCalls: rules.permitWithoutCalls }),
    });
    this.#serve = serve;
    this.#maxIdleMs = rules?.maxIdleMs ?? Number.POSITIVE_INFINITY;
    this.greet({ maxConcurrentStreams: options.limits.maxConcurrentCalls });
  }

  /** A goodbye that the peer has not heard yet keeps the connection open, as a call would: it may have called meanwhile. */
  override get open(): number {
    return this.streams.size + (this.#parting === "announced" && !this.over ? 1 : 0);
  }

  /**
   * Says goodbye in two steps (§6.8), so that no call is lost: no stream is refused until the peer, by answering a PING, shows that it has heard.
   * `why` is told to people at the far end.
   */
  override retire(why?: string): void {
    if (this.over || this.#parting !== "no") return;
    const before = this.output.length;
    this.#parting = "announced";
    this.writeGoaway(LAST_STREAM, "NO_ERROR", why);
    this.announce(before);
    this.ping(PING_MARKS.goodbye);
  }

  override tick(elapsedMs: number): void {
    super.tick(elapsedMs);
    if (this.over) return;
    if (this.#parting === "announced") {
      this.#partingMs += elapsedMs;
      if (this.#partingMs >= PARTING_MS) this.#part();
    }
    // Calls that came and went between two ticks count.
    const idle = this.streams.size === 0 && this.#idleSince === this.#lastOpened;
    this.#idleMs = idle ? this.#idleMs + elapsedMs : 0;
    this.#idleSince = this.#lastOpened;
    if (this.#idleMs < this.#maxIdleMs || this.#parting !== "no") return;
    this.retire("max_idle");
    this.outlet.leave();
  }

  protected override answered(frame: Frame): boolean {
    if (this.#parting === "no" || !carries(frame, PING_MARKS.goodbye)) return super.answered(frame);
    this.#part();
    return true;
  }

  /** The peer has heard the goodbye, or has had its time: what it begins from now on is not looked at. */
  #part(): void {
    if (this.#parting !== "announced") return;
    const before = this.output.length;
    this.#parting = "said";
    this.#lastServed = this.#lastOpened;
    this.writeGoaway(this.#lastServed, "NO_ERROR");
    this.announce(before);
    this.outlet.wrote(0);
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

  /**
   * gRPC's C core takes back calls whose head it has not sent. By §6.4 that ends the connection, and all other calls on it; they are spared, once the
   * client has opened any stream.
   */
  protected override mayResetIdle(id: number, code: ErrorCode | undefined): boolean {
    return code === "CANCEL" && id % 2 === 1 && this.#lastOpened > 0;
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

  protected override get resetsHarm(): boolean {
    return true;
  }

  protected override wasReset(stream: Http2Stream): void {
    stream.lost(CANCELED);
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

const CANCELED: Status = { code: "canceled", message: "The caller cancelled the call.", details: [], trailers: [] };
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
