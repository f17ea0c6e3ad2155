import { InBuffer } from "../../bytes/in-buffer.js";
import { OutBuffer } from "../../bytes/out-buffer.js";
import type { HttpAsk, HttpIn, HttpOut, HttpRequest } from "../../wires/http.js";
import type { HttpTarget, Limits, Outlet, Session } from "../../wires/wire.js";
import { BodyReader } from "./body-reader.js";
import { type AskOwner, ClientExchange } from "./client-exchange.js";
import { type AnswerHead, readAnswerHead } from "./head.js";
import { HeadReader } from "./head-reader.js";
import { requestBytes } from "./request-bytes.js";

type Status = Parameters<Session["lost"]>[0];

/** Where a server says nothing of it, it may close a connection that was idle for so long; node's own do after 5 s. */
const KEPT_MS = 4000;
/** So long before the server may close it, a connection is not used any more: a request takes its time. */
const MARGIN_MS = 1000;

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
  /** The last request and its head: a client mostly says the same again. */
  #request: HttpRequest | undefined = undefined;
  #requestHead: Uint8Array = EMPTY;
  readonly #heads: HeadReader<AnswerHead>;
  #exchange: ClientExchange | undefined = undefined;
  /** The head of the answer that is being read, once it has come. */
  #head: AnswerHead | undefined = undefined;
  #reading = false;
  #paused = false;
  /** The server has said everything. */
  #finished = false;
  #over = false;

  constructor(outlet: Outlet, options: { readonly limits: Limits; readonly http: HttpTarget }) {
    this.outlet = outlet;
    this.#limits = options.limits;
    this.#http = options.http;
    const { maxHeaderBytes } = options.limits;
    this.#heads = new HeadReader({ parse: readAnswerHead, maxHeaderBytes, emptyLine: false });
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
    const head = this.#headOf(request);
    if (typeof head === "string") {
      exchange.lost(failed("invalid_argument", head));
      return exchange;
    }
    this.#exchange = exchange;
    exchange.begin(head, body);
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
    this.leaving = this.#finished = true;
    this.#checkFinished();
  }

  lost(status: Status): void {
    this.#stop()?.lost(status);
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
    this.#checkFinished();
  }

  /** The exchange is given up, and with it the connection: HTTP/1.1 cannot take back a request. */
  giveUp(exchange: ClientExchange, reason: string): void {
    if (this.#exchange !== exchange) return;
    this.#stop();
    this.outlet.cut(reason);
  }

  /** The server has agreed to speak another protocol. */
  handOver(open: (outlet: Outlet) => Session): void {
    const { bytes, at, until } = this.#buffer;
    this.#stop();
    this.outlet.become(open, bytes.subarray(at, until));
  }

  /** Nothing more is read and nothing is open; returns what was. What comes is thrown away, so that the peer's goodbye is heard. */
  #stop(): ClientExchange | undefined {
    const exchange = this.#exchange;
    this.#over = this.leaving = true;
    this.#exchange = this.#head = undefined;
    this.#buffer.clear();
    if (this.#paused) this.outlet.resume();
    this.#paused = false;
    return exchange;
  }

  /** The server has broken the protocol: its exchange ends with a reason, and the connection too. */
  #refuse(status: Status): void {
    const exchange = this.#stop();
    exchange?.lost(status);
    this.outlet.fail(status.message);
  }

  /** The answer is more than this end takes. */
  #tooMuch(what: string, most: number): void {
    const message = `${what} may have ${most} bytes, and this one has more.`;
    this.#stop()?.lost(failed("resource_exhausted", message));
    this.outlet.cut(message);
  }

  /** After the server's goodbye, ends the exchange whose answer ends with the connection, or will never be whole. */
  #checkFinished(): void {
    const exchange = this.#exchange;
    if (!this.#finished || this.#over || this.#paused || exchange === undefined) return;
    if (this.#head !== undefined && this.#body.endsWithConnection) {
      this.#heardAll(exchange, EMPTY, NOWHERE);
      return;
    }
    const what = this.#head === undefined ? "before it answered" : "within its answer";
    this.#stop()?.lost(unavailable(`${this.#http.authority} closed the connection ${what}.`));
    this.outlet.wrote(0);
  }

  /** The request line and fields up to the framing; a sentence where they cannot be sent. */
  #headOf(request: HttpRequest): Uint8Array | string {
    if (request === this.#request) return this.#requestHead;
    const head = requestBytes(request, this.#http.authority);
    if (typeof head === "string") return head;
    this.#request = request;
    return (this.#requestHead = head);
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
    const head = this.#heads.take(this.#buffer, exchange.method);
    if (head === undefined) return false;
    if ("refused" in head) {
      if (head.oversized === true) this.#tooMuch("The head of an answer", this.#limits.maxHeaderBytes);
      else this.#refuse(failed("internal", `The answer is none of HTTP/1.1. ${head.reason}`));
      return false;
    }
    this.#begin(exchange, head);
    return true;
  }

  #begin(exchange: ClientExchange, head: AnswerHead): void {
    const { status, length } = head;
    // RFC 9110 §15.2: more is to come after these.
    if (status < 200 && status !== 101) return;
    const most = this.#limits.maxMessageBytes;
    if (exchange.bounded && typeof length === "number" && length > most) {
      this.#tooMuch("The body of an answer", most);
      return;
    }
    if (!head.keepAlive) this.leaving = true;
    if (head.keptMs !== undefined) this.keepAliveMs = Math.max(0, head.keptMs - MARGIN_MS);
    this.#head = head;
    this.#body.begin(length);
    exchange.answer(head);
    // What is not taken over by another protocol now, never will be.
    if (status === 101 && this.#exchange === exchange)
      this.#refuse(failed("internal", "The server changed the protocol, unasked."));
  }

  /** Reads more of the answer's body. False: it has not all come, or its reader wants no more now. */
  #readBody(exchange: ClientExchange): boolean {
    const body = this.#body;
    const { bytes } = this.#buffer;
    const part = body.next(this.#buffer);
    if (part === "broken") {
      this.#refuse(failed("internal", "The chunks of the answer are none of HTTP/1.1."));
      return false;
    }
    const most = this.#limits.maxMessageBytes;
    if (exchange.bounded && body.atLeast > most) {
      this.#tooMuch("The body of an answer", most);
      return false;
    }
    if (part === "more") return false;
    if (part === "end") this.#heardAll(exchange, EMPTY, NOWHERE);
    else if (body.whole) this.#heardAll(exchange, bytes, body.range);
    else if (!exchange.hear(bytes, body.range, false) && this.#exchange === exchange) {
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
      this.#stop();
      this.outlet.leave();
    }
  }
}

const EMPTY = new Uint8Array(0);
const NOWHERE = { start: 0, end: 0 };

function unavailable(message: string): Status {
  return failed("unavailable", message);
}

function failed(code: Exclude<Status["code"], "ok">, message: string): Status {
  return { code, message, details: [], trailers: [] };
}
