import { type Fields, NO_FIELDS } from "../../call/fields.js";
import type { Body, CallHead, Sink } from "../../call/sink.js";
import { failure, OK, type Status } from "../../call/status.js";
import type { ByteRange, HttpAnswer, HttpAsk, HttpIn, HttpOut, HttpRequest } from "../http.js";
import type { Limits } from "../wire.js";
import { readFault } from "./fault.js";
import { heard } from "./http-fields.js";
import { httpFailure } from "./http-status.js";
import { XmlRpcReader } from "./reader.js";
import { charsetOf } from "./request-heads.js";
import type { Writing } from "./value-writer.js";
import { callXml } from "./writer.js";

/** What the calls of a connection share. */
export interface Asking {
  readonly ask: HttpAsk;
  readonly limits: Limits;
  readonly writing: Writing;
  /** Where calls go, for messages. */
  readonly url: string;
}

/** What makes a call of its own. */
interface Parts {
  readonly head: CallHead;
  readonly reply: Sink;
  readonly request: HttpRequest;
}

/** An answer that is no XML-RPC is shown by so many bytes. */
const SHOWN_BYTES = 300;
/** Reads it whatever it is in. */
const shower = new TextDecoder();

/** One call: the sink of its request, and what hears the answer. */
export class ClientExchange implements Sink, HttpIn {
  readonly #asking: Asking;
  readonly #parts: Parts;
  #body: Body = undefined;
  #out: HttpOut | undefined = undefined;
  #asked = false;
  #ended = false;
  /** Why the exchange was given up before there was a way to say so. */
  #canceled: Status | undefined = undefined;
  #answer: HttpAnswer | undefined = undefined;
  #reader: XmlRpcReader | undefined = undefined;
  #shown = "";

  constructor(asking: Asking, parts: Parts) {
    this.#asking = asking;
    this.#parts = parts;
  }

  /** What is sent as header fields is in the call's head already. */
  head(): void {}

  message(body: Body): boolean {
    if (this.#body === undefined) this.#body = body;
    else
      this.#over(
        failure(
          "unimplemented",
          `Method ${this.#parts.head.path} is sent a stream, and XML-RPC carries one message each way: call it over frame or jsonrpc+ws.`,
        ),
      );
    return true;
  }

  end(status: Status, last?: Body): void {
    if (this.#ended) return;
    if (status.code !== "ok") {
      this.#ended = true;
      this.#cancel(status);
      return;
    }
    if (last !== undefined) this.message(last);
    if (!this.#ended && !this.#asked) this.#send();
  }

  drain(): void {}

  answer(head: HttpAnswer): void {
    if (this.#ended) return;
    this.#answer = head;
    if (head.status !== 200) return;
    const { maxDepth, maxMessageBytes } = this.#asking.limits;
    this.#reader = new XmlRpcReader({
      root: "methodResponse",
      maxDepth,
      maxMessageBytes,
      charset: charsetOf(head.fields),
    });
  }

  data(bytes: Uint8Array, range: ByteRange, last: boolean): boolean {
    if (this.#ended || this.#answer === undefined) return true;
    if (this.#reader === undefined) this.#show(bytes, range);
    else {
      this.#reader.push(bytes, range, last);
      if (this.#reader.refused && !last) {
        // The rest of it can only be more of what cannot be read.
        const status = this.#unreadable(this.#reader.end() as Status); // it has been refused
        this.#over(status);
        this.#cancel(status);
        return true;
      }
    }
    if (last) this.#finish(this.#answer);
    return true;
  }

  room(): void {}

  reset(status: Status): void {
    this.#over(status);
  }

  #send(): void {
    const { head, request } = this.#parts;
    this.#asked = true;
    let xml: string;
    try {
      xml = callXml(head.path.replaceAll("/", "."), paramsOf(head, this.#body), this.#asking.writing);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#over(failure("invalid_argument", `The input of ${head.path} cannot be written as XML-RPC: ${reason}.`));
      return;
    }
    this.#body = undefined;
    const out = this.#asking.ask(request, this, xml);
    this.#out = out;
    // The answer, or somebody who gave up, may have been heard meanwhile.
    if (this.#canceled !== undefined) out.reset(this.#canceled);
  }

  #cancel(status: Status): void {
    this.#canceled = status;
    this.#out?.reset(status);
  }

  #finish(answer: HttpAnswer): void {
    const { fields, trailers } = heard(answer.fields);
    if (this.#reader === undefined) {
      this.#over({ ...httpFailure(answer.status, this.#asking.url, this.#shown), trailers }, fields);
      return;
    }
    const message = this.#reader.end();
    if ("code" in message) this.#over(this.#unreadable(message));
    else if (message.fault !== undefined) this.#over({ ...readFault(message.fault), trailers }, fields);
    else this.#over(trailers === NO_FIELDS ? OK : { ...OK, trailers }, fields, message.params[0] ?? null);
  }

  #unreadable({ code, message }: Status): Status {
    const type = this.#answer?.fields.find(([name]) => name === "content-type")?.[1] ?? "no content type";
    const text = `The answer of ${this.#asking.url} (${type}) cannot be read: ${message}`;
    return failure(code === "resource_exhausted" ? code : "internal", text);
  }

  #over(status: Status, fields: Fields = NO_FIELDS, last?: Body): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#reader = undefined;
    const { reply } = this.#parts;
    if (fields.length > 0) reply.head(fields);
    reply.end(status, last);
  }

  #show(bytes: Uint8Array, { start, end }: ByteRange): void {
    const type = this.#answer?.fields.find(([name]) => name === "content-type")?.[1] ?? "";
    if (this.#shown.length >= SHOWN_BYTES || !type.startsWith("text/")) return;
    this.#shown += shower.decode(bytes.subarray(start, Math.min(end, start + SHOWN_BYTES)));
  }
}

/** The arguments: the list that a plain function takes, or the one input of a contract's method. */
function paramsOf(head: CallHead, body: Body): readonly unknown[] {
  if (head.positional && Array.isArray(body)) return body;
  return body === undefined ? [] : [body];
}
