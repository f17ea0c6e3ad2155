import type { Fields } from "../call/fields.js";
import type { Dispatch } from "../call/sink.js";
import type { Status } from "../call/status.js";
import type { Outlet, Session, SessionOptions } from "./wire.js";

/**
 * What opens an exchange over HTTP. A transport makes one object for each distinct block of header fields on a connection, where it can tell;
 * read-only but for `memo`.
 */
export interface HttpRequest {
  /** In capitals: `POST`. */
  readonly method: string;
  /** As it was sent, without the query: `/RPC2`. */
  readonly path: string;
  /** What follows the `?`; empty where there is none. */
  readonly query: string;
  /** Header fields, names in lower case, those of the framing included. A client's transport adds `host`, `content-length` and `connection` itself. */
  readonly fields: Fields;
  /** What somebody worked out about this request, kept for the next with it; `owner` says whose it is. */
  memo?: { readonly owner: unknown; readonly value: unknown } | undefined;
}

/** How an answer begins. Shared objects are cheapest: transports keep what they write for them. */
export interface HttpAnswer {
  readonly status: number;
  /** Header fields but those of the framing, names in lower case. */
  readonly fields: Fields;
}

/** Hears what the far end says in one exchange. Nothing throws. */
export interface HttpIn {
  /** The limits that it has itself, and wants from no transport: on the size of the whole body, or `all`, since it is a stream that may go on. */
  readonly ownLimits?: "size" | "all" | undefined;
  /** How the answer begins; heard by clients, once, before any data. */
  answer(head: HttpAnswer): void;
  /**
   * The body's bytes from `start` to `end`, lent until this returns; `last` with (or after) the last of them.
   * False: nothing more will be told until `resume` is called on the opposite HttpOut.
   */
  data(bytes: Uint8Array, range: ByteRange, last: boolean): boolean;
  /** Fields after the body, told before the last of `data`; absent where nobody wants them. */
  trailers?(fields: Fields): void;
  /** There is room to write again. */
  room(): void;
  /**
   * The exchange ended before the far end looked at it, so that it may be made again; told in place of `reset`, which stands in where this is
   * absent. `sent`: some of it had left (client).
   */
  refused?(status: Status, sent: boolean): void;
  /** The exchange ended before its time: the connection was lost, the peer gave up or broke the protocol. The last thing told. */
  reset(status: Status): void;
}

/** Where in an array of bytes something is. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** Says this end's part of one exchange. Nothing throws; what is said after the end is lost. */
export interface HttpOut {
  /** A whole answer: head, body, and trailers where the version of HTTP has them; a server's only word. `body` is used up when this returns. */
  respond(head: HttpAnswer, body: string | Uint8Array, trailers?: Fields): void;
  /** Begins an answer whose body follows by `data` (server). */
  head(head: HttpAnswer): void;
  /** A piece of the body, used up when this returns. False: wait for `room` on the opposite HttpIn before the next. */
  data(body: string | Uint8Array, last: boolean): boolean;
  /** Ends what `head` or `data` began with trailers; HTTP/1.1 leaves them out. */
  trailers?(fields: Fields): void;
  /** Reading goes on after `data` of the opposite HttpIn returned false. */
  resume(): void;
  /** Ends the exchange before its time; over HTTP/1.1 this costs the connection. */
  reset(status: Status): void;
  /**
   * Gives the connection to another session (RFC 9110 §7.8, HTTP/1.1): a server answers 101 with these fields first, a client has heard
   * the answer 101. False: this transport cannot.
   */
  upgrade(fields: Fields, open: (outlet: Outlet) => Session): boolean;
}

/** The answering end: every request is handed over with the way to answer it. The answer may be given before this returns. */
export type HttpServe = (request: HttpRequest, out: HttpOut) => HttpIn;

/** The asking end: opens an exchange; with `body` the whole request is sent at once, else it follows by `data`. */
export type HttpAsk = (request: HttpRequest, heard: HttpIn, body?: string | Uint8Array) => HttpOut;

/** Which requests are a wire's. */
export interface HttpRoute {
  readonly method: string;
  /** The paths, any, or those of calls: `/SERVICE/METHOD`, and any for whoever names one of the types. */
  readonly paths: readonly string[] | "any" | "calls";
  /** Media types of the request's body, in lower case and without parameters; undefined: whatever it is. */
  readonly types?: readonly string[];
}

/** What is known of a wire that rides HTTP before its code is loaded. */
export interface HttpOffer {
  readonly name: string;
  readonly routes: readonly HttpRoute[];
  /** Whether calls may be streams; else a request's body is one message, and has its limit. */
  readonly streams: boolean;
  /** It decodes and encodes bodies itself, or messages in them: `content-encoding` is its own business. */
  readonly ownCodings?: true;
}

/** What answers requests over HTTP, whatever the version. */
export interface HttpServerWire extends HttpOffer {
  /** Made once a connection. */
  server(dispatch: Dispatch, options: SessionOptions): HttpServe;
}

/** A protocol as it rides HTTP, whatever the version. */
export interface HttpWire extends HttpServerWire {
  /** Made once a connection. */
  client(ask: HttpAsk, options: SessionOptions): Dispatch;
}
