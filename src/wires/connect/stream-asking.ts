import { copyOf } from "../../bytes/slab.js";
import { NO_FIELDS } from "../../call/fields.js";
import type { Body, CallHead, Sink } from "../../call/sink.js";
import { failure, OK, type Status } from "../../call/status.js";
import { envelopedMessage } from "../enveloped-message.js";
import type { ByteRange, HttpAnswer, HttpIn, HttpOut } from "../http.js";
import { MessageReader } from "../message-reader.js";
import { END_STREAM, readEndStream } from "./end-stream.js";
import type { Shared } from "./request.js";

/** One call at the client whose messages travel in envelopes: writes the request's, and hears the answer's and its end. */
export class StreamAsking implements Sink, HttpIn {
  readonly ownLimits = "all";
  readonly #shared: Shared;
  readonly #head: CallHead;
  readonly #reply: Sink;
  readonly #reader: MessageReader;
  #out: HttpOut | undefined = undefined;
  #over = false;
  #paused = false;
  #lastCame = false;
  /** The head is none of a stream: what follows is for people. */
  #unread = false;
  /** How the call ended, where the answer has said so. */
  #status: Status | undefined = undefined;
  /** The request's messages have begun, one by one; or were all said at once, and what they are. */
  #spoke = false;
  #whole: { readonly last: Uint8Array | undefined } | undefined = undefined;
  /** The same call, made again. */
  #again: Sink | undefined = undefined;
  /** Why the request was given up before it was known how to say so. */
  #unsaid: Status | undefined = undefined;

  constructor(shared: Shared, head: CallHead, reply: Sink) {
    this.#shared = shared;
    this.#head = head;
    this.#reply = reply;
    this.#reader = new MessageReader(shared.maxMessageBytes);
  }

  /** Opens the call before its first message, so that the server may speak first. */
  head(): void {
    if (this.#out === undefined && !this.#over) this.#ask(undefined);
  }

  message(body: Body): boolean {
    if (this.#over) return true;
    if (this.#again !== undefined) return this.#again.message(body);
    this.#spoke = true;
    const out = this.#out ?? this.#ask(undefined);
    return out.data(this.#written(body), false);
  }

  end(status: Status, last?: Body): void {
    if (this.#over) return;
    if (this.#again !== undefined) {
      this.#again.end(status, last);
      return;
    }
    if (status.code !== "ok") {
      this.#over = true;
      // Whatever the caller's reason, a deadline included, the server is told that it gave up.
      this.#giveUp(failure("canceled", status.message));
      return;
    }
    const bytes = last === undefined ? EMPTY : this.#written(last);
    if (this.#out !== undefined) {
      this.#spoke = true;
      this.#out.data(bytes, true);
      return;
    }
    // What is lent may have to be sent again. Codecs of this wire make bytes.
    this.#whole = { last: last === undefined ? undefined : copyOf(last as Uint8Array) };
    this.#ask(bytes);
  }

  drain(): void {
    this.#again?.drain();
    if (!this.#paused || this.#over) return;
    this.#paused = false;
    this.#read();
    if (!this.#paused && !this.#over) this.#out?.resume();
  }

  answer(answer: HttpAnswer): void {
    if (this.#over) return;
    this.#whole = undefined;
    const head = this.#shared.readHead(answer, { form: "stream", codec: this.#head.codec }, this.#shared.codings);
    if (head.problem !== undefined) {
      this.#unread = true;
      this.#status = head.problem;
    } else if (head.heads.length > 0) this.#reply.head(head.heads);
    this.#reader.coding = head.coding;
  }

  data(bytes: Uint8Array, { start, end }: ByteRange, last: boolean): boolean {
    if (this.#over) return true;
    this.#lastCame = last;
    if (this.#unread) {
      // It may be a page of any length.
      const status = this.#status;
      this.#finish(NO_STATUS);
      if (!last && status !== undefined) this.#giveUp(status);
      return true;
    }
    this.#reader.push(bytes, start, end);
    this.#read();
    if (this.#over) return true;
    this.#reader.keep();
    return !this.#paused;
  }

  room(): void {
    if (!this.#over) this.#reply.drain();
  }

  reset(status: Status): void {
    this.#finish(status);
  }

  refused(status: Status, sent: boolean): void {
    if (this.#over) return;
    const parts = { head: this.#head, reply: this.#reply, sent };
    const again = this.#spoke ? undefined : this.#shared.again?.(parts);
    this.#again = again;
    if (again === undefined) this.#finish(status);
    else if (this.#whole === undefined) again.head(NO_FIELDS);
    else again.end(OK, this.#whole.last);
  }

  #read(): void {
    while (!this.#paused && !this.#over) {
      const found = this.#reader.read();
      if (found === "message") this.#take(this.#reader.body);
      else if (found !== "more") this.#fail(this.#about(found));
      else {
        if (this.#lastCame) this.#end();
        return;
      }
    }
  }

  #take(body: Uint8Array): void {
    const { flags } = this.#reader;
    if (this.#status !== undefined) this.#fail(this.#broken("goes on after its end"));
    else if (flags === END_STREAM) this.#status = readEndStream(body);
    else if (flags !== 0) this.#fail(this.#broken(`has a message with the flags ${flags}`));
    else if (!this.#reply.message(body) && !this.#over) this.#paused = true;
  }

  #end(): void {
    if (this.#reader.held > 0) this.#finish(this.#broken("ended within a message"), true);
    else this.#finish(this.#broken("ended without saying how"));
  }

  /** What is wrong with an answer, and with whose. */
  #about({ code, message }: Status): Status {
    const advice = code === "resource_exhausted" ? " Raise maxMessageBytes if that is to be." : "";
    const what = `The answer of ${this.#head.path} cannot be read: ${message}${advice}`;
    return { code, message: what, details: [], trailers: [] };
  }

  #broken(what: string): Status {
    return failure("internal", `The answer of ${this.#head.path} ${what}.`);
  }

  /** Gives up an answer that cannot be taken. */
  #fail(status: Status): void {
    this.#finish(status, true);
    this.#giveUp(status);
  }

  #giveUp(status: Status): void {
    if (this.#out === undefined) this.#unsaid = status;
    else this.#out.reset(status);
  }

  /** Ends the call: as the answer has said, where it has and that is not to be `overruled`. */
  #finish(status: Status, overruled = false): void {
    if (this.#over) return;
    this.#over = true;
    this.#reply.end(overruled ? status : (this.#status ?? status));
  }

  #written(body: Body): Uint8Array {
    return envelopedMessage(body as Uint8Array, this.#shared.compression); // codecs of this wire make bytes
  }

  #ask(body: Uint8Array | undefined): HttpOut {
    const { ask, asking } = this.#shared;
    const out = ask(asking(this.#head, "stream").plain, this, body);
    this.#out = out;
    if (this.#unsaid !== undefined) out.reset(this.#unsaid);
    return out;
  }
}

const EMPTY = new Uint8Array(0);
const NO_STATUS: Status = failure("unknown", "The server answered, and not in Connect.");
