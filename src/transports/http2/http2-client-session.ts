import type { HttpAnswer, HttpAsk, HttpIn, HttpOut, HttpRequest } from "../../wires/http.js";
import type { ClientPings, HttpTarget, Outlet, Session } from "../../wires/wire.js";
import type { ErrorCode } from "./error-code.js";
import { costOf, type Entry } from "./header-table.js";
import type { HeaderBlock } from "./hpack-decoder.js";
import type { Http2Options } from "./http2-options.js";
import { Http2Session } from "./http2-session.js";
import type { Http2Stream } from "./http2-stream.js";
import { Keepalive } from "./keepalive.js";
import { type MessageHead, readMessageHead } from "./message-head.js";
import { requestEntries } from "./request-entries.js";

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

/** An answer's head, kept with the block that it came in. */
interface KnownAnswer {
  readonly answer: HttpAnswer;
  readonly length: number | undefined;
}

/** What was read from a block, by what it was read as. */
interface Memo {
  answer?: KnownAnswer | undefined;
  trailers?: MessageHead | undefined;
}

/** The asking end of a connection of HTTP/2 (RFC 9113): as many exchanges at once as the server takes. */
export class Http2ClientSession extends Http2Session {
  /** The server has said goodbye, or all numbers are used up: no more requests. */
  leaving: boolean = false;
  /** Nothing has come for so long that the connection may be dead. */
  doubtful: boolean = false;
  readonly #http: HttpTarget;
  readonly #scheme: string;
  readonly #heads: WeakMap<HttpRequest, readonly Entry[]> = new WeakMap();
  #next = 1;

  /** Streams from this number on have not left this process. */
  #unsent = 1;
  readonly #pings: ClientPings | undefined;
  /** Something has come; from a server that has not said a word, none is asked for the sake of a call. */
  #heard = false;

  constructor(
    outlet: Outlet,
    options: Http2Options & {
      readonly http: HttpTarget;
      readonly secure?: boolean | undefined;
      readonly pings?: ClientPings | undefined;
    },
  ) {
    const { pings } = options;
    super(outlet, options, { preface: EMPTY, keepalive: pings && new Keepalive(pings) });
    this.#pings = pings;
    this.#http = options.http;
    this.#scheme = options.secure === true ? "https" : "http";
    this.sender.remote.enablePush = 0;
    this.output.push(PREFACE);
    outlet.wrote(PREFACE.length);
    this.greet({ enablePush: 0 });
  }

  /** How many more exchanges the server takes now. Before its first word, any number: what is too much it refuses unread. */
  get room(): number {
    return this.leaving || this.over ? 0 : Math.max(0, this.sender.remote.maxConcurrentStreams - this.streams.size);
  }

  /** Opens an exchange. After the goodbye, or beyond what the server takes, it is reset at once; so is one that cannot be sent. */
  readonly ask: HttpAsk = (request: HttpRequest, heard: HttpIn, body?: string | Uint8Array): HttpOut => {
    if (this.room === 0) {
      heard.reset(failed("unavailable", "The connection carries no more requests now: call again."));
      return DEAF;
    }
    const head = this.#headOf(request);
    if (!Array.isArray(head)) {
      // Array.isArray does not know of readonly arrays.
      heard.reset(head as Status);
      return DEAF;
    }
    const stream = this.openStream(this.#next);
    stream.in = heard;
    stream.bodiless = request.method === "HEAD";
    this.#next += 2;
    if (this.#next > LAST_STREAM) this.leaving = true;
    stream.ask(head, body ?? (BODILESS.has(request.method) ? EMPTY : undefined));
    return stream;
  };

  override receive(chunk: Uint8Array): void {
    this.doubtful = false;
    this.#heard = true;
    super.receive(chunk);
  }

  override gather(): void {
    this.#unsent = this.#next;
  }

  override tick(elapsedMs: number): void {
    super.tick(elapsedMs);
    const { keepalive } = this;
    if (this.#heard && keepalive !== undefined && this.#pings !== undefined)
      this.doubtful = keepalive.silentMs >= this.#pings.doubtMs;
  }

  /** Asks the server for a sign of life; `doubtful` is false again when one comes. */
  verify(): void {
    this.askForLife();
  }

  override retire(): void {
    this.leaving = true;
    this.outlet.wrote(0);
  }

  override finish(): void {
    this.leaving = true;
    super.finish();
  }

  protected override get lastTaken(): number {
    return 0;
  }

  /** Servers are not asked to read before they are heard. */
  protected override get mostOutput(): number {
    return Number.POSITIVE_INFINITY;
  }

  /** A server may leave a connection unread until it is another's turn: its calls have their own deadlines. */
  protected override get awaitsSettings(): boolean {
    return false;
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
    } else if (stream.headed) this.#trailers(stream, block, end);
    else this.#answer(stream, block, end);
  }

  protected override goaway(last: number, code: ErrorCode, debug: string): void {
    this.leaving = true;
    const said = debug === "" ? code : `${code}: ${debug}`;
    const why = code === "NO_ERROR" ? "is shutting down" : `closed the connection (${said})`;
    if (code === "ENHANCE_YOUR_CALM" && debug === "too_many_pings") this.#pings?.slower();
    for (const stream of this.streams.all()) {
      if (stream.id <= last) continue;
      this.forget(stream);
      this.ignore(stream.id);
      const status = failed("unavailable", `The server ${why}, and has not looked at this call.`);
      stream.refused(status, stream.id < this.#unsent);
    }
    // Once its calls have ended, nobody needs the connection.
    this.outlet.leave();
  }

  /** As many calls as were made can be refused. */
  protected override get resetsHarm(): boolean {
    return false;
  }

  protected override wasReset(stream: Http2Stream, code: ErrorCode): void {
    const status = failed(RESETS[code] ?? "internal", `The server reset the call (${code}).`);
    if (code === "REFUSED_STREAM") stream.refused(status, true);
    else stream.lost(status);
  }

  /** What has not left can have been looked at by nobody; but where this end has closed the connection itself, it is over all the same. */
  protected override loose(stream: Http2Stream, status: Status): void {
    if (stream.id >= this.#unsent && status.code === "unavailable") stream.refused(status, false);
    else stream.lost(status);
  }

  protected override remoteSettled(): void {
    // §6.5.2: a server's only value is 0.
    if (this.sender.remote.enablePush !== 0) this.connectionError("PROTOCOL_ERROR", "A server asked for pushes.");
  }

  /** An answer that is complete while its request is not: nobody hears the rest. */
  protected override halfEnded(stream: Http2Stream): void {
    if (!stream.remoteEnded) return;
    this.writeReset(stream, "NO_ERROR");
    stream.hush();
  }

  /** What its reader has not taken yet waits for it. */
  protected override ended(): void {}

  #answer(stream: Http2Stream, block: HeaderBlock, end: boolean): void {
    const memo = memoOf(block);
    const known = (memo.answer ??= readAnswer(block));
    const status = known?.answer.status ?? 0;
    if (known === undefined || status === 101 || (status < 200 && end)) {
      this.streamError(stream.id, "PROTOCOL_ERROR");
      return;
    }
    // RFC 9113 §8.1: more is to come after these.
    if (status < 200) {
      this.harmed("empties");
      return;
    }
    stream.headed = true;
    // RFC 9110 §6.4.1: these have no body, whatever they say of its length.
    stream.expected = stream.bodiless || status === 204 || status === 304 ? 0 : known.length;
    if (end && (stream.expected ?? 0) > 0) {
      this.streamError(stream.id, "PROTOCOL_ERROR");
      return;
    }
    stream.in?.answer(known.answer);
    if (end && !stream.over) this.hearLast(stream, EMPTY, NOWHERE);
  }

  #trailers(stream: Http2Stream, block: HeaderBlock, end: boolean): void {
    const memo = memoOf(block);
    const head = (memo.trailers ??= readMessageHead(block.fields, "trailers"));
    if (!end || head === undefined || (stream.expected ?? 0) > 0) {
      this.streamError(stream.id, "PROTOCOL_ERROR");
      return;
    }
    stream.in?.trailers?.(head.fields);
    if (!stream.over) this.hearLast(stream, EMPTY, NOWHERE);
  }

  /** How a request begins; the same object for the same object. A status says why it cannot be sent. */
  #headOf(request: HttpRequest): readonly Entry[] | Status {
    const known = this.#heads.get(request);
    if (known !== undefined) return known;
    const head = requestEntries(request, { authority: this.#http.authority, scheme: this.#scheme });
    if (typeof head === "string") return failed("invalid_argument", head);
    const most = this.sender.remote.maxHeaderListSize;
    const size = head.reduce((sum, entry) => sum + costOf(entry), 0);
    if (size > most)
      return failed(
        "resource_exhausted",
        `The header fields of the request have ${size} bytes, and the server takes ${most}: send fewer.`,
      );
    this.#heads.set(request, head);
    return head;
  }
}

const EMPTY = new Uint8Array(0);
const NOWHERE = { start: 0, end: 0 };
const PREFACE: Uint8Array = new Uint8Array(Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
/** Methods whose requests have no body unless one is given. */
const BODILESS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "DELETE", "TRACE"]);

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

function memoOf(block: HeaderBlock): Memo {
  // Only this function writes memos of a client's blocks.
  return (block.memo ??= {});
}

function readAnswer({ fields }: HeaderBlock): KnownAnswer | undefined {
  const head = readMessageHead(fields, "answer");
  const status = head?.pseudo[":status"] ?? "";
  if (head === undefined || !/^[1-9]\d\d$/u.test(status)) return undefined;
  return { answer: { status: Number(status), fields: head.fields }, length: head.length };
}

function failed(code: Status["code"], message: string): Status {
  return { code, message, details: [], trailers: [] };
}
