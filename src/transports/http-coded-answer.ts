import { gzip } from "node:zlib";
import type { ByteRange, HttpAnswer, HttpIn, HttpOut } from "../wires/http.js";
import type { Outlet, Session } from "../wires/wire.js";
import { type Decoded, HttpBodyDecoder } from "./http-body-decoder.js";
import { type Encoding, encodingOf } from "./http-encodings.js";

type Status = Parameters<HttpIn["reset"]>[0];

/** What is decoded and encoded in one exchange. */
export interface AnswerCoding {
  /** How the request's body is coded. */
  readonly encoding: Encoding | undefined;
  /** Bytes of a decoded body. */
  readonly maxMessageBytes: number;
  /** Answers of fewer bytes are sent as they are. */
  readonly thresholdBytes: number;
}

/** One exchange at a server, as the wire sees it: what it answers may be compressed on its way, and what it is asked is decoded. */
export class CodedAnswer implements HttpOut {
  readonly #out: HttpOut;
  readonly #coding: AnswerCoding;
  #request: CodedRequest | undefined = undefined;
  #begun = false;
  /** The wire has said everything, though it may not have left yet. */
  #said = false;
  /** The exchange has ended before its time: nothing more is sent. */
  #over = false;

  constructor(out: HttpOut, coding: AnswerCoding) {
    this.#out = out;
    this.#coding = coding;
  }

  /** Makes the hearer of the request, of the wire's own. */
  begin(wire: HttpIn): HttpIn {
    this.#request = new CodedRequest(this, wire, this.#coding);
    if (this.done) this.#request.close();
    return this.#request;
  }

  /** The wire wants to hear nothing more. */
  get done(): boolean {
    return this.#said || this.#over;
  }

  respond(head: HttpAnswer, body: string | Uint8Array): void {
    if (this.done || this.#begun) return;
    this.#finish();
    if (Buffer.byteLength(body) < this.#coding.thresholdBytes || encodingOf(head.fields) !== undefined) {
      this.#out.respond(head, body);
      return;
    }
    // The wire's bytes are its own again before zlib has read them.
    const bytes = Buffer.from(body as string); // Buffer.from has the same overload for both
    gzip(bytes, (error, zipped) => {
      if (this.#over) return;
      if (error === null) this.#out.respond(codedHead(head), zipped);
      else this.#out.respond(head, bytes);
    });
  }

  head(head: HttpAnswer): void {
    if (this.done || this.#begun) return;
    this.#begun = true;
    this.#out.head(head);
  }

  data(body: string | Uint8Array, last: boolean): boolean {
    if (this.done || !this.#begun) return true;
    if (last) this.#finish();
    return this.#out.data(body, last);
  }

  resume(): void {
    if (this.done) return;
    if (this.#coding.encoding === undefined) this.#out.resume();
    else this.#request?.resume();
  }

  /** More of the coded request can be taken. */
  wanting(): void {
    if (!this.done) this.#out.resume();
  }

  reset(status: Status): void {
    if (this.done) return;
    this.lost();
    this.#out.reset(status);
  }

  upgrade(fields: HttpAnswer["fields"], open: (outlet: Outlet) => Session): boolean {
    if (this.done || !this.#out.upgrade(fields, open)) return false;
    this.#finish();
    return true;
  }

  /** The exchange has ended before its time. */
  lost(): void {
    this.#over = true;
    this.#request?.close();
  }

  /** The request cannot be read: it is answered so, or, where an answer has begun, reset. */
  refuse(head: HttpAnswer, status: Status): void {
    if (this.#begun) this.#out.reset(status);
    else this.#out.respond(head, `${status.message}\n`);
  }

  #finish(): void {
    this.#said = true;
    this.#request?.close();
  }
}

/** The request of an exchange, as the transport sees its hearer. */
class CodedRequest implements HttpIn, Decoded {
  readonly #answer: CodedAnswer;
  readonly #wire: HttpIn;
  readonly #maxBytes: number;
  readonly #decoder: HttpBodyDecoder | undefined;

  constructor(answer: CodedAnswer, wire: HttpIn, { encoding, maxMessageBytes }: AnswerCoding) {
    this.#answer = answer;
    this.#wire = wire;
    this.#maxBytes = maxMessageBytes;
    this.#decoder = encoding === undefined ? undefined : new HttpBodyDecoder(encoding, this, maxMessageBytes);
  }

  /** Clients hear answers. */
  answer(): void {}

  data(bytes: Uint8Array, range: ByteRange, last: boolean): boolean {
    if (this.#answer.done) return true;
    return this.#decoder === undefined ? this.#wire.data(bytes, range, last) : this.#decoder.data(bytes, range, last);
  }

  room(): void {
    if (!this.#answer.done) this.#wire.room();
  }

  reset(status: Status): void {
    const { done } = this.#answer;
    this.#answer.lost();
    if (!done) this.#wire.reset(status);
  }

  decoded(bytes: Uint8Array): boolean {
    return this.#wire.data(bytes, { start: 0, end: bytes.length }, false);
  }

  ended(): void {
    this.#wire.data(EMPTY, { start: 0, end: 0 }, true);
  }

  wanting(): void {
    this.#answer.wanting();
  }

  broken(why: "large" | "corrupt"): void {
    const status: Status =
      why === "large"
        ? failed("resource_exhausted", `A body may have ${this.#maxBytes} bytes when decoded, and this one has more.`)
        : failed("invalid_argument", "The body is cut short, or not in its content-encoding.");
    this.#answer.lost();
    this.#wire.reset(status);
    this.#answer.refuse(why === "large" ? TOO_LARGE : BROKEN, status);
  }

  resume(): void {
    this.#decoder?.resume();
  }

  close(): void {
    this.#decoder?.close();
  }
}

const EMPTY = new Uint8Array(0);
const PLAIN: HttpAnswer["fields"] = [["content-type", "text/plain; charset=utf-8"]];
const TOO_LARGE: HttpAnswer = { status: 413, fields: PLAIN };
const BROKEN: HttpAnswer = { status: 400, fields: PLAIN };

const codedHeads: WeakMap<HttpAnswer, HttpAnswer> = new WeakMap();

/** A head that says that its body is in gzip; the same object for the same head, since transports know heads by their identity. */
function codedHead(head: HttpAnswer): HttpAnswer {
  let coded = codedHeads.get(head);
  if (coded === undefined) {
    coded = { ...head, fields: [...head.fields, ["content-encoding", "gzip"], ["vary", "accept-encoding"]] };
    codedHeads.set(head, coded);
  }
  return coded;
}

function failed(code: "resource_exhausted" | "invalid_argument", message: string): Status {
  return { code, message, details: [], trailers: [] };
}
