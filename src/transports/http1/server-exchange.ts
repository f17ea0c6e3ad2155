import type { OutBuffer } from "../../bytes/out-buffer.js";
import type { ByteRange, HttpAnswer, HttpIn, HttpOut } from "../../wires/http.js";
import type { Outlet, Session } from "../../wires/wire.js";
import type { RequestHead } from "./head.js";
import { answerBytes, fieldLines, latin1, type Persistence, writeHead, writeWhole } from "./head-bytes.js";

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
  resume(): void;
  handOver(): void;
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
  /** The body goes out in chunks; else the connection's end is its end. */
  #chunked = false;
  #lost = false;
  #waiting = false;

  constructor(owner: ExchangeOwner, head: RequestHead) {
    this.#owner = owner;
    this.#head = head;
    this.expects = head.expects;
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
    if (isBodiless(head.status)) {
      writeHead(output, answerBytes(head), persistence);
      output.push(LINE_END);
    } else writeWhole(output, answerBytes(head), { body, persistence, shown });
    outlet.wrote(output.length - before);
    this.#end();
  }

  head(head: HttpAnswer): void {
    if (this.#begun || this.#lost) return;
    this.#chunked = !this.#head.old;
    const persistence = this.#begin();
    const { output, outlet } = this.#owner;
    const before = output.length;
    writeHead(output, answerBytes(head), this.#chunked ? persistence : "close");
    if (!this.#chunked) this.#keepAlive = false;
    output.push(this.#chunked && !isBodiless(head.status) ? CHUNKED : LINE_END);
    outlet.wrote(output.length - before);
  }

  data(body: string | Uint8Array, last: boolean): boolean {
    if (!this.#begun || this.said || this.#lost) return true;
    const { output, outlet } = this.#owner;
    const before = output.length;
    const bytes = typeof body === "string" ? encoder.encode(body) : body;
    if (this.#head.request.method !== "HEAD") {
      if (bytes.length > 0) {
        if (this.#chunked) output.push(latin1(`${bytes.length.toString(16)}\r\n`));
        output.push(bytes);
        if (this.#chunked) output.push(LINE_END);
      }
      if (last && this.#chunked) output.push(LAST_CHUNK);
    }
    outlet.wrote(output.length - before);
    if (last) this.#end();
    else if (outlet.full) this.#waiting = true;
    return last || !outlet.full;
  }

  resume(): void {
    if (this.reading) this.#owner.resume();
  }

  reset(status: Status): void {
    if (this.said || this.#lost) return;
    this.#lost = true;
    this.#owner.handOver();
    this.#owner.outlet.cut(status.message);
  }

  upgrade(fields: HttpAnswer["fields"], open: (outlet: Outlet) => Session): boolean {
    if (this.#begun || this.#lost || (this.reading && this.#head.length !== 0)) return false;
    this.#begun = this.said = true;
    const { output, outlet, rest } = this.#owner;
    const before = output.length;
    output.push(latin1(`HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\n${fieldLines(fields)}\r\n`));
    outlet.wrote(output.length - before);
    this.#owner.handOver();
    outlet.become(open, rest);
    return true;
  }

  #begin(): Persistence {
    this.#begun = true;
    this.#keepAlive = this.#head.keepAlive && !this.#owner.closing && this.#owner.worthReading(this);
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
const LAST_CHUNK = latin1("0\r\n\r\n");

/** RFC 9110 §6.4.1: these have no body, and say nothing of one. */
function isBodiless(status: number): boolean {
  return status === 204 || status === 304;
}
