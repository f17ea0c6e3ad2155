import { InBuffer } from "../../bytes/in-buffer.js";
import { OutBuffer } from "../../bytes/out-buffer.js";
import type { HttpAnswer, HttpServe } from "../../wires/http.js";
import type { Limits, Outlet, Session } from "../../wires/wire.js";
import { BodyReader } from "./body-reader.js";
import { type RequestHead, readRequestHead, type Refusal } from "./head.js";
import { HeadReader } from "./head-reader.js";
import { latin1 } from "./latin1.js";
import { ServerExchange, type ExchangeOwner } from "./server-exchange.js";

type Status = Parameters<Session["lost"]>[0];

/** So much of what comes after a request is kept until that one is answered; then reading pauses. */
const AHEAD_BYTES = 64 * 1024;
/** What is left of a request that has been answered is read and thrown away, unless it is known to be more than this: then the connection ends. */
const DROPPED_BYTES = 64 * 1024;
/** How often a peer that has said goodbye is asked whether it waits for its answer, once a tick: the first is reset, what comes after that is told so. */
const PROBES = 3;

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
  /** A client that says the same again gets the same object. */
  readonly #heads: HeadReader<RequestHead>;
  #reading = false;
  #paused = false;
  /** The peer sends requests before it has its answers: no browser does, and a goodbye says that it has sent all. */
  #ahead = false;
  /** For how long the request that is not whole yet has been arriving. */
  #arrivingMs = 0;
  #retired = false;
  /** The peer has said everything. */
  #finished = false;
  #probes = 0;
  /** Nothing more is read: the peer was refused, the connection is gone or somebody else's. */
  #over = false;

  constructor(outlet: Outlet, serve: HttpServe, options: { readonly limits: Limits }) {
    this.outlet = outlet;
    this.#serve = serve;
    this.#limits = options.limits;
    const { maxHeaderBytes } = options.limits;
    this.#heads = new HeadReader({ parse: readRequestHead, maxHeaderBytes, emptyLine: true });
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
    this.#checkFinished(this.#exchange?.begun === true && !this.#ahead);
  }

  lost(status: Status): void {
    this.#stop()?.lost(status);
  }

  drained(): void {
    this.#exchange?.room();
  }

  retire(): void {
    this.#retired = true;
    if (this.#exchange === undefined) this.#buffer.clear();
    this.outlet.wrote(0);
  }

  tick(elapsedMs: number): void {
    if (this.#finished) this.#probe();
    const waiting = this.#exchange === undefined ? this.#buffer.held > 0 : this.#exchange.reading && !this.#paused;
    // What is left of a request that has been answered has no limits but the transport's.
    const isOwn = this.#exchange?.said === false && this.#exchange.in?.ownLimits === "all";
    this.#arrivingMs = waiting && !isOwn ? this.#arrivingMs + elapsedMs : 0;
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
    if (!keepAlive) this.#end();
    else if (exchange.reading) this.resume();
    else this.#next();
  }

  /**
   * What is left of a request need not be read, where it is known to be much. Else the answer promises that the connection goes on, and it does:
   * a client that believes it would lose its next request.
   */
  worthReading(exchange: ServerExchange): boolean {
    // Who was told of an error instead of 100 may send the body or not: there is no telling where the next request begins.
    return !exchange.reading || (this.#body.left - this.#buffer.held <= DROPPED_BYTES && !exchange.expects);
  }

  resume(): void {
    if (this.#paused) {
      this.#paused = false;
      this.outlet.resume();
    }
    if (!this.#reading && !this.#over) {
      this.#read();
      if (!this.#over) this.#buffer.keep();
      this.#checkFinished(false);
    }
  }

  letGo(): void {
    this.#stop();
  }

  /**
   * After the peer's goodbye, ends an exchange whose request will never be whole. One that is, is answered: half-closing is no cancelling. But where the
   * goodbye came when the answer was under way (`left`), it is how browsers give up a stream.
   */
  #checkFinished(left: boolean): void {
    if (!this.#finished || this.#over || this.#paused) return;
    const reading = this.#exchange?.reading === true;
    if (!reading && !left) return;
    this.#stop()?.lost({ code: "canceled", message: reading ? CUT : LEFT, details: [], trailers: [] });
    this.outlet.wrote(0);
  }

  /**
   * After the peer's goodbye, finds out whether it waits for its answer or has gone. TCP tells them apart when something is sent, and what may be
   * sent before an answer is an interim one (RFC 9110 §15.2): who waits passes it over, who has gone resets the connection.
   */
  #probe(): void {
    const exchange = this.#exchange;
    if (exchange === undefined || !exchange.mayBeProbed || this.#probes === PROBES) return;
    this.#probes += 1;
    this.output.push(CONTINUE);
    this.outlet.wrote(CONTINUE.length);
  }

  /** Nothing more is read and nothing is open; returns what was. What comes is thrown away, so that the peer's goodbye is heard. */
  #stop(): ServerExchange | undefined {
    const exchange = this.#exchange;
    this.#over = true;
    this.#exchange = undefined;
    this.#buffer.clear();
    if (this.#paused) this.outlet.resume();
    this.#paused = false;
    return exchange;
  }

  #pause(): void {
    this.#paused = true;
    this.outlet.pause();
  }

  /** The connection ends after what has been written. */
  #end(): void {
    this.#stop();
    this.outlet.leave();
  }

  #next(): void {
    this.#ahead ||= this.#buffer.held > 0;
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
    if (this.#retired) buffer.clear();
    const head = this.#heads.take(buffer);
    if (head === undefined) return false;
    if ("refused" in head) this.#refuse(head);
    else this.#begin(head);
    return true;
  }

  #begin(head: RequestHead): void {
    const { length } = head;
    this.#body.begin(length);
    const exchange = new ServerExchange(this, head);
    // Who sends the body already waits for no word.
    exchange.expects = head.expects && this.#buffer.held === 0;
    this.#exchange = exchange;
    exchange.in = this.#serve(head.request, exchange);
    if (exchange.begun || this.#exchange !== exchange) return;
    if (exchange.bounded && length !== "chunked" && length > this.#limits.maxMessageBytes) {
      this.#refuse(this.#tooLarge());
      return;
    }
    if (!exchange.expects) return;
    exchange.expects = false;
    this.output.push(CONTINUE);
    this.outlet.wrote(CONTINUE.length);
  }

  /** Reads more of the body. False: it has not all come, or its reader wants no more now. */
  #readBody(exchange: ServerExchange): boolean {
    const body = this.#body;
    const { bytes } = this.#buffer;
    const part = body.next(this.#buffer);
    if (part === "broken") {
      this.#refuse({ refused: 400, reason: "The chunks of the request's body are none of HTTP/1.1." });
      return false;
    }
    if (exchange.bounded && body.atLeast > this.#limits.maxMessageBytes) {
      this.#refuse(this.#tooLarge());
      return false;
    }
    if (part === "more") return false;
    if (part === "end") this.#heardAll(exchange, EMPTY, NOWHERE);
    else if (body.whole) this.#heardAll(exchange, bytes, body.range);
    else if (!exchange.hear(bytes, body.range, false) && this.#exchange === exchange) {
      this.#pause();
      return false;
    }
    return true;
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
    this.#stop();
    this.outlet.fail(reason);
  }
}

const CUT = "The caller closed the connection within the request.";
const LEFT = "The client closed its side of the connection within the answer.";
const EMPTY = new Uint8Array(0);
const NOWHERE = { start: 0, end: 0 };
const CONTINUE: Uint8Array = latin1("HTTP/1.1 100 Continue\r\n\r\n");
const PLAIN: HttpAnswer["fields"] = [["content-type", "text/plain; charset=utf-8"]];
