import type { HttpAsk, HttpIn, HttpOut, HttpRequest } from "../../wires/http.js";
import type { HttpTarget, Limits, Outlet, Session } from "../../wires/wire.js";
import type { ErrorCode } from "./error-code.js";
import type { Entry } from "./header-table.js";
import type { HeaderBlock } from "./hpack-decoder.js";
import { Http2Session } from "./http2-session.js";
import { Http2Stream } from "./http2-stream.js";
import { type MessageHead, readMessageHead } from "./message-head.js";

type Status = Parameters<Session["lost"]>[0];

/** Streams have odd numbers below this; after the last one a connection carries no more calls. */
const LAST_STREAM = 0x7fff_ffff;

/** What the peer's reasons to reset a stream mean for a call; the others are a failure of the two ends to understand each other. */
const RESETS: Readonly<Partial<Record<ErrorCode, Status["code"]>>> = {
  REFUSED_STREAM: "unavailable",
  CANCEL: "canceled",
  ENHANCE_YOUR_CALM: "resource_exhausted",
  INADEQUATE_SECURITY: "permission_denied",
};

/** The asking end of a connection of HTTP/2 (RFC 9113): as many exchanges at once as the server takes. */
export class Http2ClientSession extends Http2Session {
  /** The server has said goodbye, or all numbers are used up: no more requests. */
  leaving: boolean = false;
  protected override readonly preface: Uint8Array = NONE;
  readonly #http: HttpTarget;
  readonly #scheme: string;
  readonly #heads: WeakMap<HttpRequest, readonly Entry[]> = new WeakMap();
  #next = 1;

  constructor(
    outlet: Outlet,
    options: { readonly limits: Limits; readonly http: HttpTarget; readonly secure?: boolean },
  ) {
    super(outlet, options.limits);
    this.#http = options.http;
    this.#scheme = options.secure === true ? "https" : "http";
    this.output.push(PREFACE);
    outlet.wrote(PREFACE.length);
    this.greet({ enablePush: 0 });
  }

  /** How many more exchanges the server takes now. */
  get room(): number {
    return this.leaving ? 0 : Math.max(0, this.remote.maxConcurrentStreams - this.streams.size);
  }

  /** Opens an exchange. After the goodbye, or beyond what the server takes, it is reset at once. */
  readonly ask: HttpAsk = (request: HttpRequest, heard: HttpIn, body?: string | Uint8Array): HttpOut => {
    if (this.over || this.room === 0) {
      heard.reset(failed("unavailable", "The connection carries no more requests now: call again."));
      return DEAF;
    }
    const stream = this.openStream(this.#next);
    stream.in = heard;
    this.#next += 2;
    if (this.#next > LAST_STREAM) this.leaving = true;
    stream.ask(this.#headOf(request), body ?? (request.method === "GET" ? NONE : undefined));
    return stream;
  };

  override retire(): void {
    this.leaving = true;
    this.outlet.wrote(0);
  }

  override finish(): void {
    this.leaving = true;
    super.finish();
  }

  protected override isIdle(id: number): boolean {
    return id % 2 === 0 || id >= this.#next;
  }

  protected override heard(id: number, block: HeaderBlock, end: boolean): void {
    const stream = this.streams.get(id);
    if (stream === undefined) {
      if (this.isIdle(id)) this.connectionError("PROTOCOL_ERROR", "The server answered what was not asked.");
      return;
    }
    if (block.oversized) {
      this.writeReset(stream, "CANCEL");
      stream.lost(failed("resource_exhausted", "The header fields of the answer are too large."));
    } else if (stream.answered) this.#trailers(stream, block, end);
    else this.#answer(stream, block, end);
  }

  protected override goaway(last: number, code: ErrorCode): void {
    this.leaving = true;
    const why = code === "NO_ERROR" ? "is shutting down" : `closed the connection (${code})`;
    for (const stream of this.streams.values()) {
      if (stream.id <= last) continue;
      this.forget(stream);
      stream.lost(failed("unavailable", `The server ${why}, and has not looked at this call.`));
    }
    this.outlet.wrote(0);
  }

  protected override resetStatus(code: ErrorCode): Status {
    return failed(RESETS[code] ?? "internal", `The server reset the call (${code}).`);
  }

  #answer(stream: Http2Stream, block: HeaderBlock, end: boolean): void {
    // Only this function writes memos of answers' blocks.
    const head = (block.memo ??= readMessageHead(block.fields, "answer")) as MessageHead | undefined;
    const status = Number(head?.pseudo[":status"] ?? 0);
    if (head === undefined || !(status >= 100 && status <= 999) || (status < 200 && end)) {
      this.streamError(stream.id, "PROTOCOL_ERROR");
      return;
    }
    // RFC 9113 §8.1: more is to come after these.
    if (status < 200) return;
    stream.answered = true;
    stream.expected = head.length;
    stream.in?.answer({ status, fields: head.fields });
    if (end) this.#end(stream);
  }

  #trailers(stream: Http2Stream, block: HeaderBlock, end: boolean): void {
    const head = (block.memo ??= readMessageHead(block.fields, "trailers")) as MessageHead | undefined; // as above
    if (!end || head === undefined) {
      this.streamError(stream.id, "PROTOCOL_ERROR");
      return;
    }
    stream.in?.trailers?.(head.fields);
    this.#end(stream);
  }

  #end(stream: Http2Stream): void {
    stream.remoteEnded = true;
    stream.hear(NONE, 0, 0, true);
    this.closed(stream);
  }

  #headOf(request: HttpRequest): readonly Entry[] {
    const known = this.#heads.get(request);
    if (known !== undefined) return known;
    const { method, path, query, fields } = request;
    const target = `${path === "" ? "/" : path}${query === "" ? "" : `?${query}`}`;
    const head = [
      { name: ":method", value: method },
      { name: ":scheme", value: this.#scheme },
      { name: ":path", value: target },
      { name: ":authority", value: this.#http.authority },
      ...fields.map(([name, value]) => ({ name, value })),
    ];
    this.#heads.set(request, head);
    return head;
  }
}

const NONE = new Uint8Array(0);
const PREFACE: Uint8Array = new Uint8Array(Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));

/** The way to ask where nothing can be asked. */
const DEAF: HttpOut = {
  respond() {},
  head() {},
  data: () => true,
  trailers() {},
  resume() {},
  reset() {},
  upgrade: () => false,
};

function failed(code: Status["code"], message: string): Status {
  return { code, message, details: [], trailers: [] };
}
