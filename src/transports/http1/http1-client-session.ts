import { InBuffer } from "../../bytes/in-buffer.js";
import { OutBuffer } from "../../bytes/out-buffer.js";
import type { HttpAsk, HttpIn, HttpOut, HttpRequest } from "../../wires/http.js";
import type { HttpTarget, Limits, Outlet, Session } from "../../wires/wire.js";
import { BodyReader } from "./body-reader.js";
import { type AskOwner, ClientExchange } from "./client-exchange.js";
import { type AnswerHead, fieldOf, readAnswerHead } from "./head.js";
import { fieldLines, findHeadEnd, headText, latin1 } from "./head-bytes.js";

type Status = Parameters<Session["lost"]>[0];

/** Where a server says nothing of it, it may close a connection that was idle for so long; node's own do after 5 s. */
const KEPT_MS = 4000;

/** The asking end of a connection that speaks HTTP/1.1 (RFC 9112): one exchange at a time. */
export class Http1ClientSession implements Session, AskOwner {
  readonly output: OutBuffer = new OutBuffer();
  readonly outlet: Outlet;
  /** The server has said that it will close the connection, or has: no more requests. */
  leaving: boolean = false;
  /** For how long without a request the server keeps the connection, in milliseconds. */
  keepAliveMs: number | undefined = KEPT_MS;
  readonly #limits: Limits;
  readonly #http: HttpTarget;
  readonly #buffer = new InBuffer();
  readonly #body = new BodyReader();
  readonly #heads: WeakMap<HttpRequest, Uint8Array> = new WeakMap();
  #exchange: ClientExchange | undefined = undefined;
  /** The head of the answer that is being read, once it has come. */
  #head: AnswerHead | undefined = undefined;
  #searched = 0;
  #reading = false;
  #paused = false;
  #over = false;

  constructor(outlet: Outlet, options: { readonly limits: Limits; readonly http: HttpTarget }) {
    this.outlet = outlet;
    this.#limits = options.limits;
    this.#http = options.http;
  }

  get open(): number {
    return this.#exchange === undefined ? 0 : 1;
  }

  /** Opens an exchange. While another is open, or after the connection's end, it is reset at once. */
  readonly ask: HttpAsk = (request: HttpRequest, heard: HttpIn, body?: string | Uint8Array): HttpOut => {
    const exchange = new ClientExchange(this, request, heard);
    if (this.#exchange !== undefined || this.#over || this.leaving) {
      exchange.lost(unavailable("The connection carries no more requests: call again for a new one."));
      return exchange;
    }
    this.#exchange = exchange;
    exchange.begin(this.#headOf(request), body);
    return exchange;
  };

  receive(chunk: Uint8Array): void {
    if (this.#over) return;
    this.#buffer.push(chunk);
    this.#read();
    if (!this.#over) this.#buffer.keep();
  }

  gather(): void {}

  finish(): void {
    this.leaving = true;
    if (this.#over || this.#paused) return;
    const exchange = this.#exchange;
    if (exchange === undefined) return;
    if (this.#head !== undefined && this.#body.endsWithConnection) this.#heardAll(exchange, EMPTY, NOWHERE);
    else {
      const what = this.#head === undefined ? "before it answered" : "within its answer";
      this.#lose(unavailable(`The server closed the connection ${what}.`));
    }
  }

  lost(status: Status): void {
    this.#lose(status);
  }

  drained(): void {
    this.#exchange?.room();
  }

  retire(): void {
    this.leaving = true;
    this.outlet.wrote(0);
  }

  resume(): void {
    if (this.#paused) {
      this.#paused = false;
      this.outlet.resume();
    }
    if (this.#reading || this.#over) return;
    this.#read();
    if (!this.#over) this.#buffer.keep();
    // The goodbye may have come while nothing was read.
    if (this.leaving && this.#exchange !== undefined && this.#body.endsWithConnection) this.finish();
  }

  /** The exchange is given up, and with it the connection: HTTP/1.1 cannot take back a request. */
  giveUp(exchange: ClientExchange, reason: string): void {
    if (this.#exchange !== exchange) return;
    this.#over = this.leaving = true;
    this.#exchange = undefined;
    this.outlet.cut(reason);
  }

  /** The server has agreed to speak another protocol. */
  handOver(open: (outlet: Outlet) => Session): void {
    const { bytes, at, until } = this.#buffer;
    this.#over = this.leaving = true;
    this.#exchange = undefined;
    this.outlet.become(open, bytes.subarray(at, until));
  }

  #lose(status: Status): void {
    this.#over = this.leaving = true;
    const exchange = this.#exchange;
    this.#exchange = undefined;
    exchange?.lost(status);
  }

  /** The answer cannot be taken: its exchange ends with a reason, and the connection too. */
  #refuse(status: Status): void {
    this.#lose(status);
    this.outlet.fail(status.message);
  }

  /** The request line and fields up to the framing. */
  #headOf(request: HttpRequest): Uint8Array {
    const known = this.#heads.get(request);
    if (known !== undefined) return known;
    const { method, path, query, fields } = request;
    const target = `${path === "" ? "/" : path}${query === "" ? "" : `?${query}`}`.replaceAll(
      /[^!-~]/gu,
      encodeURIComponent,
    );
    const head = latin1(`${method} ${target} HTTP/1.1\r\nhost: ${this.#http.authority}\r\n${fieldLines(fields)}`);
    this.#heads.set(request, head);
    return head;
  }

  #read(): void {
    if (this.#reading) return;
    this.#reading = true;
    while (!this.#over && !this.#paused) {
      const exchange = this.#exchange;
      if (exchange === undefined) {
        // Nobody asked: the connection cannot be trusted any more.
        if (this.#buffer.held > 0) this.#refuse(unavailable("The server answered what was not asked."));
        break;
      }
      if (this.#head === undefined ? !this.#readHead(exchange) : !this.#readBody(exchange)) break;
    }
    this.#reading = false;
  }

  /** Reads the head of the answer. False: it has not all come. */
  #readHead(exchange: ClientExchange): boolean {
    const buffer = this.#buffer;
    if (buffer.held === 0) return false;
    const end = findHeadEnd(buffer, buffer.at + this.#searched);
    if ((end < 0 ? buffer.until : end) - buffer.at > this.#limits.maxHeaderBytes) {
      const most = this.#limits.maxHeaderBytes;
      this.#refuse(
        failed("resource_exhausted", `The head of an answer may have ${most} bytes, and this one has more.`),
      );
      return false;
    }
    if (end < 0) {
      this.#searched = Math.max(0, buffer.held - 3);
      return false;
    }
    this.#searched = 0;
    const head = readAnswerHead(headText(buffer.bytes, buffer.at, end), exchange.method);
    buffer.at = end + 4;
    if ("refused" in head) this.#refuse(failed("internal", `The answer is none of HTTP/1.1. ${head.reason}`));
    else this.#begin(exchange, head);
    return true;
  }

  #begin(exchange: ClientExchange, head: AnswerHead): void {
    const { status, fields, length } = head;
    // RFC 9110 §15.2: more is to come after these.
    if (status < 200 && status !== 101) return;
    const most = this.#limits.maxMessageBytes;
    if (typeof length === "number" && length > most) {
      this.#refuse(failed("resource_exhausted", `An answer may have ${most} bytes, and this one has ${length}.`));
      return;
    }
    if (!head.keepAlive) this.leaving = true;
    const said = /\btimeout=(\d{1,6})\b/iu.exec(fieldOf(fields, "keep-alive") ?? "")?.[1];
    if (said !== undefined) this.keepAliveMs = Math.max(0, Number(said) * 1000 - 1000);
    this.#head = head;
    this.#body.begin(length);
    exchange.answer({ status, fields });
    // What is not taken over by another protocol now, never will be.
    if (status === 101 && this.#exchange === exchange)
      this.#refuse(failed("internal", "The server changed the protocol, unasked."));
  }

  /** Reads more of the answer's body. False: it has not all come, or its reader wants no more now. */
  #readBody(exchange: ClientExchange): boolean {
    const body = this.#body;
    const part = body.next(this.#buffer);
    if (part === "more") return false;
    if (part === "broken") {
      this.#refuse(failed("internal", "The chunks of the answer are none of HTTP/1.1."));
      return false;
    }
    const most = this.#limits.maxMessageBytes;
    if (body.found > most) {
      this.#refuse(failed("resource_exhausted", `An answer may have ${most} bytes, and this one has more.`));
      return false;
    }
    if (part === "end") this.#heardAll(exchange, EMPTY, NOWHERE);
    else if (body.left === 0) this.#heardAll(exchange, this.#buffer.bytes, body.range);
    else if (!exchange.hear(this.#buffer.bytes, body.range, false) && this.#exchange === exchange) {
      this.#paused = true;
      this.outlet.pause();
      return false;
    }
    return true;
  }

  /** Tells the end of an answer. Whoever hears it may ask again at once, so the exchange is over before. */
  #heardAll(exchange: ClientExchange, bytes: Uint8Array, range: { start: number; end: number }): void {
    this.#exchange = this.#head = undefined;
    // A request that is not said to its end cannot be followed by another.
    if (!exchange.said) this.leaving = true;
    exchange.hear(bytes, range, true);
    if (this.#exchange === undefined) this.outlet.wrote(0);
    if (this.leaving && this.#exchange === undefined && !this.#over) {
      this.#over = true;
      this.outlet.leave();
    }
  }
}

const EMPTY = new Uint8Array(0);
const NOWHERE = { start: 0, end: 0 };

function unavailable(message: string): Status {
  return failed("unavailable", message);
}

function failed(code: "unavailable" | "internal" | "resource_exhausted", message: string): Status {
  return { code, message, details: [], trailers: [] };
}
