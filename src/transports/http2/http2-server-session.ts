import type { HttpRequest, HttpServe } from "../../wires/http.js";
import type { Limits, Outlet, Session } from "../../wires/wire.js";
import type { ErrorCode } from "./error-code.js";
import type { HeaderBlock } from "./hpack-decoder.js";
import { Http2Session } from "./http2-session.js";
import type { Http2Stream } from "./http2-stream.js";
import { type MessageHead, readMessageHead } from "./message-head.js";

type Status = Parameters<Session["lost"]>[0];

/** The largest number of a stream. */
const LAST_STREAM = 0x7fff_ffff;

/** A request's head and what it says of its body, kept with the block that it came in. */
interface KnownRequest {
  readonly request: HttpRequest;
  readonly length: number | undefined;
}

/** The answering end of a connection of HTTP/2 (RFC 9113). */
export class Http2ServerSession extends Http2Session {
  protected override readonly preface: Uint8Array = PREFACE;
  readonly #serve: HttpServe;
  /** The last stream that will be served, once the goodbye has been said. */
  #last = LAST_STREAM;

  constructor(outlet: Outlet, serve: HttpServe, options: { readonly limits: Limits }) {
    super(outlet, options.limits);
    this.#serve = serve;
    this.greet({ maxConcurrentStreams: options.limits.maxConcurrentCalls });
  }

  override retire(): void {
    if (this.over || this.retired) return;
    this.retired = true;
    const before = this.output.length;
    this.#last = this.lastRemote;
    this.writeGoaway(this.#last, "NO_ERROR");
    this.announce(before);
  }

  protected override isIdle(id: number): boolean {
    return id > this.lastRemote || id % 2 === 0;
  }

  protected override heard(id: number, block: HeaderBlock, end: boolean): void {
    const stream = this.streams.get(id);
    if (stream !== undefined) {
      this.#trailers(stream, block, end);
      return;
    }
    if (id % 2 === 0) this.connectionError("PROTOCOL_ERROR", "A client opened a stream of an even number.");
    else if (id <= this.lastRemote) this.connectionError("STREAM_CLOSED", "HEADERS came on a stream that is closed.");
    else this.#begin(id, block, end);
  }

  protected override goaway(_last: number, code: ErrorCode): void {
    // A client that says goodbye opens no more streams; those that are open are answered.
    if (code !== "NO_ERROR") this.outlet.wrote(0);
  }

  protected override resetStatus(_code: ErrorCode): Status {
    return { code: "canceled", message: "The caller cancelled the call.", details: [], trailers: [] };
  }

  /** An answer that is complete while its request is not: the client is asked to stop (§8.1). */
  protected override localEnded(stream: Http2Stream): void {
    stream.over = true;
    this.writeReset(stream, "NO_ERROR");
  }

  #begin(id: number, block: HeaderBlock, end: boolean): void {
    if (id > this.#last) return;
    this.lastRemote = id;
    const known = this.#read(block);
    if (known === undefined) {
      this.streamError(id, "PROTOCOL_ERROR");
      return;
    }
    if (this.streams.size >= this.limits.maxConcurrentCalls) {
      this.streamError(id, "REFUSED_STREAM");
      return;
    }
    if (end && known.length !== undefined && known.length > 0) {
      this.streamError(id, "PROTOCOL_ERROR");
      return;
    }
    const stream = this.openStream(id);
    stream.expected = known.length;
    if (block.oversized) {
      stream.respond({ status: 431, fields: [] }, "The header fields are too large.\n");
      return;
    }
    stream.in = this.#serve(known.request, stream);
    if (!end) return;
    stream.remoteEnded = true;
    stream.hear(EMPTY, 0, 0, true);
    this.closed(stream);
  }

  #trailers(stream: Http2Stream, block: HeaderBlock, end: boolean): void {
    if (stream.remoteEnded) this.streamError(stream.id, "STREAM_CLOSED");
    else if (!end || readMessageHead(block.fields, "trailers") === undefined)
      this.streamError(stream.id, "PROTOCOL_ERROR");
    else if (stream.expected !== undefined && stream.expected > 0) this.streamError(stream.id, "PROTOCOL_ERROR");
    else {
      stream.remoteEnded = true;
      stream.hear(EMPTY, 0, 0, true);
      this.closed(stream);
    }
  }

  #read(block: HeaderBlock): KnownRequest | undefined {
    // Only this function writes memos of blocks.
    const known = block.memo as KnownRequest | undefined;
    if (known !== undefined) return known;
    const head = readMessageHead(block.fields, "request");
    // What is too large has lost fields, so that what is left may look malformed.
    if (head === undefined && !block.oversized) return undefined;
    const made = requestOf(head ?? { pseudo: {}, fields: [], length: undefined });
    block.memo = made;
    return made;
  }
}

const EMPTY = new Uint8Array(0);
const PREFACE: Uint8Array = new Uint8Array(Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));

function requestOf({ pseudo, fields, length }: MessageHead): KnownRequest {
  const target = pseudo[":path"] ?? "/";
  const mark = target.indexOf("?");
  const authority = pseudo[":authority"];
  const request: HttpRequest = {
    method: pseudo[":method"] ?? "",
    path: mark < 0 ? target : target.slice(0, mark),
    query: mark < 0 ? "" : target.slice(mark + 1),
    fields: authority === undefined ? fields : [["host", authority] as const, ...fields],
    memo: undefined,
  };
  return { request, length };
}
