import { InBuffer } from "../../bytes/in-buffer.js";
import { OutBuffer } from "../../bytes/out-buffer.js";
import type { HttpAnswer, HttpServe } from "../../wires/http.js";
import type { Limits, Outlet, Session } from "../../wires/wire.js";
import { BodyReader } from "./body-reader.js";
import { type RequestHead, readRequestHead, type Refusal } from "./head.js";
import { findHeadEnd, headText } from "./head-bytes.js";
import { ServerExchange, type ExchangeOwner } from "./server-exchange.js";

type Status = Parameters<Session["lost"]>[0];

/** So much of what comes after a request is kept until that one is answered; then reading pauses. */
const AHEAD_BYTES = 64 * 1024;
/** What is left of a request that has been answered is read and thrown away up to so much; else the connection ends. */
const DROPPED_BYTES = 64 * 1024;

/**
 * The answering end of a connection that speaks HTTP/1.1 (RFC 9112): one request after the other, whatever a client sends ahead. A request
 * that could be read in two ways is refused, and costs the connection.
 */
export class Http1ServerSession implements Session, ExchangeOwner {
  readonly output: OutBuffer = new OutBuffer();
  readonly outlet: Outlet;
  readonly #serve: HttpServe;
  readonly #limits: Limits;
  readonly #buffer = new InBuffer();
  readonly #body = new BodyReader();
  /** The exchange that is open: its request is being read, or it is being answered. */
  #exchange: ServerExchange | undefined = undefined;
  /** The last head and its bytes: a client that says the same again gets the same object. */
  #head: RequestHead | undefined = undefined;
  #headBytes: Uint8Array = new Uint8Array(0);
  /** How far the next head has been searched for its end, from the buffer's beginning. */
  #searched = 0;
  #reading = false;
  #paused = false;
  /** For how long the request that is not whole yet has been arriving. */
  #arrivingMs = 0;
  #retired = false;
  /** The peer has said everything. */
  #finished = false;
  /** Nothing more is read: the peer was refused, the connection is gone or somebody else's. */
  #over = false;

  constructor(outlet: Outlet, serve: HttpServe, options: { readonly limits: Limits }) {
    this.outlet = outlet;
    this.#serve = serve;
    this.#limits = options.limits;
  }

  get open(): number {
    return this.#exchange === undefined ? 0 : 1;
  }

  get closing(): boolean {
    return this.#retired;
  }

  /** Where what came after a request that upgrades is found. */
  get rest(): Uint8Array {
    const { bytes, at, until } = this.#buffer;
    return bytes.subarray(at, until);
  }

  receive(chunk: Uint8Array): void {
    if (this.#over) return;
    this.#buffer.push(chunk);
    this.#read();
    if (this.#over) return;
    this.#buffer.keep();
    if (!this.#paused && this.#exchange?.reading === false && this.#buffer.held > AHEAD_BYTES) this.#pause();
  }

  gather(): void {}

  finish(): void {
    this.#finished = true;
    this.#checkFinished();
  }

  lost(status: Status): void {
    this.#over = true;
    const exchange = this.#exchange;
    this.#exchange = undefined;
    exchange?.lost(status);
  }

  drained(): void {
    this.#exchange?.room();
  }

  retire(): void {
    this.#retired = true;
    this.outlet.wrote(0);
  }

  tick(elapsedMs: number): void {
    const waiting = this.#exchange === undefined ? this.#buffer.held > 0 : this.#exchange.reading && !this.#paused;
    this.#arrivingMs = waiting ? this.#arrivingMs + elapsedMs : 0;
    const { requestTimeoutMs } = this.#limits;
    if (this.#over || this.#arrivingMs <= requestTimeoutMs) return;
    this.#refuse({
      refused: 408,
      reason: `A request has to arrive within ${requestTimeoutMs} ms, and this one has not.`,
    });
  }

  /** The answer has been said. */
  answered(exchange: ServerExchange, keepAlive: boolean): void {
    if (this.#exchange !== exchange) return;
    if (!keepAlive) {
      this.#end();
      return;
    }
    if (exchange.reading) this.resume();
    else this.#next();
  }

  /** What is left of a request need not be read, where it is much. */
  worthReading(exchange: ServerExchange): boolean {
    return !exchange.reading || ((this.#body.left ?? 0) <= DROPPED_BYTES && !exchange.expects);
  }

  /** Reading goes on. */
  resume(): void {
    if (this.#paused) {
      this.#paused = false;
      this.outlet.resume();
    }
    if (!this.#reading && !this.#over) {
      this.#read();
      if (!this.#over) this.#buffer.keep();
      this.#checkFinished();
    }
  }

  /** The connection belongs to somebody else from now on. */
  handOver(): void {
    this.#over = true;
    this.#exchange = undefined;
  }

  /** After the peer's goodbye, ends an exchange whose request will never be whole. One that is, is answered: half-closing is no cancelling. */
  #checkFinished(): void {
    const exchange = this.#exchange;
    if (!this.#finished || this.#over || this.#paused || exchange?.reading !== true) return;
    this.#over = true;
    this.#exchange = undefined;
    exchange.lost({ code: "canceled", message: CUT, details: [], trailers: [] });
    this.outlet.wrote(0);
  }

  #pause(): void {
    this.#paused = true;
    this.outlet.pause();
  }

  /** The connection ends after what has been written. */
  #end(): void {
    this.#over = true;
    this.#exchange = undefined;
    this.#buffer.clear();
    if (this.#paused) this.outlet.resume();
    this.outlet.leave();
  }

  #next(): void {
    this.#exchange = undefined;
    this.resume();
    if (this.#exchange === undefined) this.outlet.wrote(0);
  }

  #read(): void {
    if (this.#reading) return;
    this.#reading = true;
    while (!this.#over && !this.#paused) {
      const exchange = this.#exchange;
      if (exchange === undefined ? !this.#readHead() : !exchange.reading || !this.#readBody(exchange)) break;
    }
    this.#reading = false;
  }

  /** Reads the head of the next request, and begins it. False: it has not all come. */
  #readHead(): boolean {
    const buffer = this.#buffer;
    // RFC 9112 §2.2: an empty line before a request is passed over.
    if (
      this.#searched === 0 &&
      buffer.held >= 2 &&
      buffer.bytes[buffer.at] === CR &&
      buffer.bytes[buffer.at + 1] === LF
    )
      buffer.at += 2;
    if (buffer.held === 0 || this.#retired) return false;
    const end = findHeadEnd(buffer, buffer.at + this.#searched);
    const length = (end < 0 ? buffer.until : end) - buffer.at;
    if (length > this.#limits.maxHeaderBytes) {
      this.#refuse({
        refused: 431,
        reason: `A head may have ${this.#limits.maxHeaderBytes} bytes, and this one has more.`,
      });
      return false;
    }
    if (end < 0) {
      this.#searched = Math.max(0, buffer.held - 3);
      return false;
    }
    this.#searched = 0;
    const head = this.#parse(end);
    buffer.at = end + 4;
    if ("refused" in head) this.#refuse(head);
    else this.#begin(head);
    return true;
  }

  /** Reads the head that ends at a place, or finds that it is the last one again. */
  #parse(end: number): RequestHead | Refusal {
    const { bytes, at } = this.#buffer;
    const known = this.#headBytes;
    if (this.#head !== undefined && known.length === end - at) {
      let same = 0;
      while (same < known.length && known[same] === bytes[at + same]) same += 1;
      if (same === known.length) return this.#head;
    }
    const head = readRequestHead(headText(bytes, at, end));
    if (!("refused" in head)) {
      this.#head = head;
      this.#headBytes = bytes.slice(at, end);
    }
    return head;
  }

  #begin(head: RequestHead): void {
    const { length } = head;
    if (length !== "chunked" && length > this.#limits.maxMessageBytes) {
      this.#refuse(this.#tooLarge());
      return;
    }
    this.#body.begin(length);
    const exchange = new ServerExchange(this, head);
    this.#exchange = exchange;
    exchange.in = this.#serve(head.request, exchange);
    if (head.expects && length !== 0 && !exchange.said && this.#buffer.held === 0) {
      this.output.push(CONTINUE);
      this.outlet.wrote(CONTINUE.length);
      exchange.expects = false;
    } else if (this.#buffer.held > 0) exchange.expects = false;
  }

  /** Reads more of the body. False: it has not all come, or its reader wants no more now. */
  #readBody(exchange: ServerExchange): boolean {
    const body = this.#body;
    const part = body.next(this.#buffer);
    if (part === "more") return false;
    if (part === "broken") {
      this.#refuse({ refused: 400, reason: "The chunks of the request's body are none of HTTP/1.1." });
      return false;
    }
    if (body.found > this.#limits.maxMessageBytes) {
      this.#refuse(this.#tooLarge());
      return false;
    }
    if (part === "end") {
      this.#heardAll(exchange, EMPTY, NOWHERE);
      return true;
    }
    // The last bytes and the end are told together, where the length says which they are.
    if (body.left === 0) {
      this.#heardAll(exchange, this.#buffer.bytes, body.range);
      return true;
    }
    if (exchange.hear(this.#buffer.bytes, body.range, false)) return true;
    this.#pause();
    return false;
  }

  #heardAll(exchange: ServerExchange, bytes: Uint8Array, range: { start: number; end: number }): void {
    exchange.reading = false;
    this.#arrivingMs = 0;
    exchange.hear(bytes, range, true);
    if (this.#exchange === exchange && exchange.said) this.#next();
  }

  #tooLarge(): Refusal {
    return { refused: 413, reason: `A body may have ${this.#limits.maxMessageBytes} bytes, and this one has more.` };
  }

  /** Answers with an error, where no answer has begun, and ends the connection. */
  #refuse({ refused, reason }: Refusal): void {
    const exchange = this.#exchange;
    const head: HttpAnswer = { status: refused, fields: PLAIN };
    if (exchange === undefined) ServerExchange.refusal(this, head, `${reason}\n`);
    else exchange.refuse(head, `${reason}\n`);
    this.#over = true;
    this.#exchange = undefined;
    this.#buffer.clear();
    this.outlet.fail(reason);
  }
}

const CUT = "The caller closed the connection within the request.";
const EMPTY = new Uint8Array(0);
const NOWHERE = { start: 0, end: 0 };
const CONTINUE: Uint8Array = new Uint8Array(Buffer.from("HTTP/1.1 100 Continue\r\n\r\n"));
const PLAIN: HttpAnswer["fields"] = [["content-type", "text/plain; charset=utf-8"]];
const CR = 0x0d;
const LF = 0x0a;
