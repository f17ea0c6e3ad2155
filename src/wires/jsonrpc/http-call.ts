import { decodeUtf8 } from "../../bytes/utf8.js";
import type { Code } from "../../call/code.js";
import { type Fields, NO_FIELDS } from "../../call/fields.js";
import type { Body, CallHead, Sink } from "../../call/sink.js";
import { failure, OK, type Status } from "../../call/status.js";
import type { ByteRange, HttpAnswer, HttpAsk, HttpIn, HttpOut, HttpRequest } from "../http.js";
import { BodyBytes } from "./body-bytes.js";
import type { Answer } from "./envelope.js";
import { paramsJson } from "./params.js";
import { NO_JSON, parseJson } from "./parse-json.js";
import { errorStatus } from "./status.js";

/** What an HTTP status means where its body does not say (RFC 9110 §15); any other is `internal`. */
const CODE_OF: ReadonlyMap<number, Code> = new Map([
  [401, "unauthenticated"],
  [403, "permission_denied"],
  [404, "unimplemented"],
  [405, "unimplemented"],
  [413, "resource_exhausted"],
  [415, "unimplemented"],
  [429, "unavailable"],
  [502, "unavailable"],
  [503, "unavailable"],
  [504, "unavailable"],
]);

/** What a call is made of. */
export interface HttpCallParts {
  readonly head: CallHead;
  readonly reply: Sink;
  readonly request: HttpRequest;
  /** How the body begins, up to the method's name. */
  readonly opening: string;
  readonly maxMessageBytes: number;
}

/** One call as one POST: the sink for its request, and the reading of its answer. */
export class HttpCall implements Sink, HttpIn {
  readonly #ask: HttpAsk;
  readonly #parts: HttpCallParts;
  readonly #body: BodyBytes;
  #out: HttpOut | undefined = undefined;
  #input: Body = undefined;
  #answer: HttpAnswer | undefined = undefined;
  #ended = false;
  #asked = false;
  /** Why the rest of the answer is not read. */
  #unread: Status | undefined = undefined;

  constructor(ask: HttpAsk, parts: HttpCallParts) {
    this.#ask = ask;
    this.#parts = parts;
    this.#body = new BodyBytes(parts.maxMessageBytes);
  }

  /** What is sent as header fields is in the head already. */
  head(): void {}

  message(body: Body): boolean {
    if (this.#ended || this.#asked) return true;
    if (this.#input === undefined) this.#input = body;
    else this.#over(failure("invalid_argument", `${this.#parts.head.path} takes one message, and a second one came.`));
    return true;
  }

  end(status: Status, last?: Body): void {
    if (this.#ended) return;
    if (status.code !== "ok") {
      this.#ended = true;
      if (this.#asked) this.#giveUp(status);
      return;
    }
    if (this.#asked) return;
    if (last !== undefined) this.message(last);
    if (this.#ended) return;
    this.#asked = true;
    const body = this.#text();
    if (body === undefined) return;
    const out = this.#ask(this.#parts.request, this, body);
    this.#out = out;
    if (this.#unread !== undefined) out.reset(this.#unread);
  }

  drain(): void {}

  answer(head: HttpAnswer): void {
    this.#answer = head;
  }

  data(bytes: Uint8Array, range: ByteRange, last: boolean): boolean {
    if (this.#ended) return true;
    const body = this.#body.add(bytes, range, last);
    if (body === "long") {
      const reason = `The answer to ${this.#parts.head.path} has more than ${this.#parts.maxMessageBytes} bytes.`;
      const status = failure("resource_exhausted", reason);
      this.#over(status);
      if (!last) this.#giveUp(status);
    } else if (body !== "more") this.#take(decodeUtf8(body.bytes, body.start, body.end));
    return true;
  }

  room(): void {}

  reset(status: Status): void {
    this.#over(status);
  }

  #take(text: string | undefined): void {
    const { status = 0, fields = NO_FIELDS } = this.#answer ?? {};
    const { path } = this.#parts.head;
    const value = parseJson(text);
    // An array, or nothing at all, has none of these members.
    const { result, error } = (typeof value === "object" && value !== null ? value : {}) as Answer; // each is looked at
    const [heads, trailers] = split(fields);
    if (error !== undefined && error !== null) this.#over({ ...errorStatus(error), trailers });
    else if (status < 200 || status > 299)
      this.#over(failure(CODE_OF.get(status) ?? "internal", `${path} was answered with HTTP status ${status}.`));
    else if (text === "") this.#over(failure("internal", `${path} got no answer: the body is empty.`));
    else if (result === undefined) {
      const what = value === NO_JSON ? "no JSON" : 'JSON with neither "result" nor "error"';
      this.#over(failure("internal", `The answer to ${path} is ${what}.`));
    } else {
      if (heads.length > 0) this.#parts.reply.head(heads);
      this.#over(trailers.length === 0 ? OK : { ...OK, trailers }, result);
    }
  }

  /** Ends the exchange, or will as soon as it is there: the answer may begin before asking has returned. */
  #giveUp(status: Status): void {
    if (this.#out === undefined) this.#unread = status;
    else this.#out.reset(status);
  }

  #over(status: Status, last?: Body): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#parts.reply.end(status, last);
  }

  /** The body to send; undefined: the input has no JSON, and the call has ended with an error. */
  #text(): string | undefined {
    const { head, opening } = this.#parts;
    if (this.#input === undefined) return `${opening}}`;
    let reason = "it is a function or a symbol";
    try {
      const json = JSON.stringify(this.#input) as string | undefined; // undefined for what JSON cannot hold, whatever its declaration says
      if (json !== undefined) return `${opening},"params":${paramsJson(json, head)}}`;
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error);
    }
    this.#over(failure("invalid_argument", `The input of ${head.path} cannot be written as JSON: ${reason}.`));
    return undefined;
  }
}

const TRAILER = "trailer-";

/** Header fields and, from those that begin with `trailer-`, trailers. */
function split(fields: Fields): readonly [heads: Fields, trailers: Fields] {
  if (!fields.some(([name]) => name.startsWith(TRAILER))) return [fields, NO_FIELDS];
  return [
    fields.filter(([name]) => !name.startsWith(TRAILER)),
    fields.filter(([name]) => name.startsWith(TRAILER)).map(([name, value]) => [name.slice(TRAILER.length), value]),
  ];
}
