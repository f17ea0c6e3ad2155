import type { OutBuffer } from "../../bytes/out-buffer.js";
import type { ByteRange, HttpAnswer, HttpIn, HttpOut, HttpRequest } from "../../wires/http.js";
import type { Outlet, Session } from "../../wires/wire.js";
import { latin1 } from "./latin1.js";
import { writeChunk, writeWhole } from "./write-message.js";

type Status = Parameters<HttpIn["reset"]>[0];

/** What an exchange needs of its session. */
export interface AskOwner {
  readonly output: OutBuffer;
  readonly outlet: Outlet;
  resume(): void;
  giveUp(exchange: ClientExchange, reason: string): void;
  handOver(open: (outlet: Outlet) => Session): void;
}

/** One request on its way, and the reading of its answer. */
export class ClientExchange implements HttpOut {
  readonly method: string;
  /** The request has been said, to its end. */
  said: boolean = false;
  readonly #owner: AskOwner;
  readonly #heard: HttpIn;
  #over = false;
  #waiting = false;
  /** The server has just said that it changes the protocol (RFC 9110 §15.2.2). */
  #switching = false;

  constructor(owner: AskOwner, request: HttpRequest, heard: HttpIn) {
    this.#owner = owner;
    this.#heard = heard;
    this.method = request.method;
  }

  /** Sends the head, and the body where it is known already. */
  begin(head: Uint8Array, body: string | Uint8Array | undefined): void {
    const { output, outlet } = this.#owner;
    const before = output.length;
    // RFC 9110 §8.6: a request that is not meant to have a body says nothing of one.
    if (body === undefined ? this.method === "GET" : body.length === 0 && BODILESS.has(this.method)) {
      output.push(head);
      output.push(LINE_END);
      this.said = true;
    } else if (body === undefined) {
      output.push(head);
      output.push(CHUNKED);
    } else {
      writeWhole(output, head, { body, persistence: undefined, shown: true });
      this.said = true;
    }
    outlet.wrote(output.length - before);
  }

  /** The transport's limit is on the size of the answer's body. */
  get bounded(): boolean {
    return this.#heard.ownLimits === undefined;
  }

  answer(head: HttpAnswer): void {
    if (this.#over) return;
    this.#switching = head.status === 101;
    this.#heard.answer(head);
    this.#switching = false;
  }

  /** Tells of a part of the answer; false: no more for now. */
  hear(bytes: Uint8Array, range: ByteRange, last: boolean): boolean {
    if (this.#over) return true;
    if (last) this.#over = true;
    return this.#heard.data(bytes, range, last);
  }

  /** The answer will not come, or not all of it. */
  lost(status: Status): void {
    if (this.#over) return;
    this.#over = true;
    this.#heard.reset(status);
  }

  room(): void {
    if (!this.#waiting || this.#over) return;
    this.#waiting = false;
    this.#heard.room();
  }

  /** Clients ask. */
  respond(): void {}

  /** Clients ask. */
  head(): void {}

  data(body: string | Uint8Array, last: boolean): boolean {
    if (this.said || this.#over) return true;
    const { output, outlet } = this.#owner;
    const before = output.length;
    writeChunk(output, body, last);
    this.said = last;
    outlet.wrote(output.length - before);
    if (!last && outlet.full) this.#waiting = true;
    return last || !outlet.full;
  }

  /** HTTP/1.1 could send them, but nobody may count on their being read (RFC 9110 §6.5.1): they are left out. */
  trailers(): void {
    this.data("", true);
  }

  resume(): void {
    if (!this.#over) this.#owner.resume();
  }

  reset(status: Status): void {
    if (this.#over) return;
    this.#over = true;
    this.#owner.giveUp(this, status.message);
  }

  upgrade(_fields: HttpAnswer["fields"], open: (outlet: Outlet) => Session): boolean {
    if (this.#over || !this.#switching) return false;
    this.#over = true;
    this.#owner.handOver(open);
    return true;
  }
}

const LINE_END = latin1("\r\n");
const CHUNKED = latin1("transfer-encoding: chunked\r\n\r\n");
const BODILESS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "DELETE", "TRACE"]);
