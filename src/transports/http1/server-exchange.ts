import type { OutBuffer } from "../../bytes/out-buffer.js";
import type { ByteRange, HttpAnswer, HttpIn, HttpOut } from "../../wires/http.js";
import type { Outlet, Session } from "../../wires/wire.js";
import { answerBytes } from "./answer-bytes.js";
import { fieldLines } from "./field-lines.js";
import type { RequestHead } from "./head.js";
import { latin1 } from "./latin1.js";
import { type Persistence, writeChunk, writeHead, writeWhole } from "./write-message.js";

type Status = Parameters<HttpIn["reset"]>[0];

/** What an exchange needs of its session. */
export interface ExchangeOwner {
  readonly output: OutBuffer;
  readonly outlet: Outlet;
  /** The connection takes no more requests. */
  readonly closing: boolean;
  /** What has come beyond the request. */
  readonly rest: Uint8Array;
  /** The answer has been said. */
  answered(exchange: ServerExchange, keepAlive: boolean): void;
  /** Whether what is left of the request is little enough to be read for nothing. */
  worthReading(exchange: ServerExchange): boolean;
  /** Reading goes on. */
  resume(): void;
  /** The connection is somebody else's, or cut: nothing of it is this session's business any more. */
  letGo(): void;
}

/** One request and its answer: the way by which whoever serves it answers. What is said after the end is lost. */
export class ServerExchange implements HttpOut {
  /** Hears the request; unknown until whoever serves it has been told of it. */
  in: HttpIn | undefined = undefined;
  /** The request has not all come. */
  reading: boolean = true;
  /** The client still waits for a word before it sends the body. */
  expects: boolean;
  /** The answer has been said, to its end. */
  said: boolean = false;
  readonly #owner: ExchangeOwner;
  readonly #head: RequestHead;
  #begun = false;
  #keepAlive = false;
  /** How the body goes out: in chunks, as it is until the connection ends, or not at all. */
  #form: "chunks" | "bytes" | "none" = "none";
  #lost = false;
  #waiting = false;

  constructor(owner: ExchangeOwner, head: RequestHead) {
    this.#owner = owner;
    this.#head = head;
    this.expects = head.expects;
  }

  /** An answer has begun: no other can. */
  get begun(): boolean {
    return this.#begun;
  }

  /** An interim answer may go before the answer: not to HTTP/1.0 (RFC 9110 §15.2). */
  get mayBeProbed(): boolean {
    return !this.#begun && !this.#head.old;
  }

  /** The transport's limit is on the size of its body. */
  get bounded(): boolean {
    return this.in?.ownLimits === undefined;
  }

  /** Answers a request whose head could not be read. The connection ends with it. */
  static refusal({ output, outlet }: ExchangeOwner, head: HttpAnswer, text: string): void {
    const before = output.length;
    writeWhole(output, answerBytes(head), { body: text, persistence: "close", shown: true });
    outlet.wrote(output.length - before);
  }

  /** Tells of a part of the request; false: no more for now. */
  hear(bytes: Uint8Array, range: ByteRange, last: boolean): boolean {
    if (this.said || this.#lost || this.in === undefined) return true;
    return this.in.data(bytes, range, last) || this.said;
  }

  /** The exchange has ended before its time. */
  lost(status: Status): void {
    if (this.#lost || this.said) return;
    this.#lost = true;
    this.in?.reset(status);
  }

  /** Ends the exchange with an error of this transport's own. */
  refuse(head: HttpAnswer, text: string): void {
    if (!this.#begun) ServerExchange.refusal(this.#owner, head, text);
    this.#begun = true;
    this.lost({ code: "canceled", message: text.trimEnd(), details: [], trailers: [] });
  }

  room(): void {
    if (!this.#waiting || this.#lost || this.said) return;
    this.#waiting = false;
    this.in?.room();
  }

  respond(head: HttpAnswer, body: string | Uint8Array): void {
    if (this.#begun || this.#lost) return;
    const persistence = this.#begin();
    const { output, outlet } = this.#owner;
    const before = output.length;
    const shown = this.#head.request.method !== "HEAD";
    // RFC 9110 §6.4.1: these have no body, and say nothing of one.
    if (isBodiless(head.status)) {
      writeHead(output, answerBytes(head), persistence);
      output.push(LINE_END);
    } else writeWhole(output, answerBytes(head), { body, persistence, shown });
    outlet.wrote(output.length - before);
    this.#end();
  }

  head(head: HttpAnswer): void {
    if (this.#begun || this.#lost) return;
    const { output, outlet } = this.#owner;
    const { old, request } = this.#head;
    const bodiless = isBodiless(head.status);
    // To HTTP/1.0, which has no chunks, the connection's end is the end of the body.
    const persistence = this.#begin(!old || bodiless);
    this.#form = bodiless || request.method === "HEAD" ? "none" : old ? "bytes" : "chunks";
    const before = output.length;
    writeHead(output, answerBytes(head), persistence);
    output.push(old || bodiless ? LINE_END : CHUNKED);
    outlet.wrote(output.length - before);
  }

  data(body: string | Uint8Array, last: boolean): boolean {
    if (!this.#begun || this.said || this.#lost) return true;
    const { output, outlet } = this.#owner;
    const before = output.length;
    if (this.#form === "chunks") writeChunk(output, body, last);
    else if (this.#form === "bytes") output.push(typeof body === "string" ? encoder.encode(body) : body);
    outlet.wrote(output.length - before);
    if (last) this.#end();
    else if (outlet.full) this.#waiting = true;
    return last || !outlet.full;
  }

  /** HTTP/1.1 could send them, but nobody may count on their being read (RFC 9110 §6.5.1): they are left out. */
  trailers(): void {
    this.data("", true);
  }

  resume(): void {
    if (this.reading) this.#owner.resume();
  }

  reset(status: Status): void {
    if (this.said || this.#lost) return;
    this.#lost = true;
    this.#owner.letGo();
    this.#owner.outlet.cut(status.message);
  }

  upgrade(fields: HttpAnswer["fields"], open: (outlet: Outlet) => Session): boolean {
    // RFC 9110 §7.8: HTTP/1.0 has no upgrade, and the request comes first.
    if (this.#begun || this.#lost || this.#head.old || (this.reading && this.#head.length !== 0)) return false;
    this.#begun = this.said = true;
    const { output, outlet, rest } = this.#owner;
    const before = output.length;
    output.push(latin1(`HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\n${fieldLines(fields)}\r\n`));
    outlet.wrote(output.length - before);
    this.#owner.letGo();
    outlet.become(open, rest);
    return true;
  }

  #begin(keepable = true): Persistence {
    this.#begun = true;
    this.#keepAlive = keepable && this.#head.keepAlive && !this.#owner.closing && this.#owner.worthReading(this);
    if (!this.#keepAlive) return "close";
    return this.#head.old ? "keep-alive" : undefined;
  }

  #end(): void {
    this.said = true;
    this.#owner.answered(this, this.#keepAlive);
  }
}

const encoder = new TextEncoder();
const LINE_END = latin1("\r\n");
const CHUNKED = latin1("transfer-encoding: chunked\r\n\r\n");

function isBodiless(status: number): boolean {
  return status === 204 || status === 304;
}
