import { type Fields, NO_FIELDS } from "../../call/fields.js";
import { failure, type Status } from "../../call/status.js";
import { decodeUtf8 } from "../../bytes/utf8.js";
import type { ByteRange, HttpAnswer, HttpIn, HttpOut } from "../http.js";
import type { Limits } from "../wire.js";
import { Answer, type AnswerOwner, refusal } from "./answer.js";
import { Batch, type BatchHost } from "./batch.js";
import { BodyBytes } from "./body-bytes.js";
import { CONTROLS } from "./controls.js";
import { complaint, idOf, idShown, type Request } from "./envelope.js";
import { shownOf } from "./framing.js";
import { openCall, type OpenCallOptions } from "./open-call.js";
import { NO_JSON, parseJson, tooDeep } from "./parse-json.js";
import { protocolError } from "./status.js";

const JSON_TYPE = ["content-type", "application/json"] as const;
const ANSWERED: HttpAnswer = { status: 200, fields: [JSON_TYPE] };
/** Nothing but notifications came. */
const NOTIFIED: HttpAnswer = { status: 204, fields: NO_FIELDS };
/** The same, for clients that take 204 for a failure. */
const NOTIFIED_OK: HttpAnswer = { status: 200, fields: NO_FIELDS };
/** Fields that say how the body travels are not a method's to set (RFC 9110 §6.4). */
const NOT_SENT: ReadonlySet<string> = new Set([
  "content-type",
  "content-length",
  "content-encoding",
  "transfer-encoding",
  "connection",
  "upgrade",
  "trailer",
]);

/** How an exchange answers. */
export interface HttpExchangeOptions {
  readonly limits: Limits;
  /** Where notifications are answered with 200. */
  readonly notifiedOk: boolean;
  readonly parts: OpenCallOptions;
}

/** One request over HTTP: a body that is one JSON text, answered by another. */
export class HttpExchange implements HttpIn, AnswerOwner, BatchHost {
  readonly single = "use jsonrpc+ws or jsonrpc+tcp for streams";
  readonly busy: boolean = false;
  readonly refusing = undefined;
  readonly #out: HttpOut;
  readonly #options: HttpExchangeOptions;
  readonly #body: BodyBytes;
  /** Calls that go on after the request has been read; made for the first of them, since most end at once. */
  #open: Set<Answer> | undefined = undefined;
  /** The answer has been given, or nobody waits for it. */
  #over = false;

  constructor(out: HttpOut, options: HttpExchangeOptions) {
    this.#out = out;
    this.#options = options;
    this.#body = new BodyBytes(options.limits.maxMessageBytes);
  }

  answer(): void {}

  data(bytes: Uint8Array, range: ByteRange, last: boolean): boolean {
    if (this.#over) return true;
    const body = this.#body.add(bytes, range, last);
    if (body === "more") return true;
    if (body === "long") {
      const { maxMessageBytes } = this.#options.limits;
      const reason = `A message may have ${maxMessageBytes} bytes, and this one has more.`;
      const shown = shownOf(bytes, range.start, range.end);
      this.done(refusal(idShown(this.#body.shown ?? shown) ?? null, failure("resource_exhausted", reason)));
    } else this.#take(body.bytes, body.start, body.end);
    return true;
  }

  room(): void {}

  reset(status: Status): void {
    this.#over = true;
    for (const answer of this.#open ?? []) {
      answer.ended = true;
      answer.request.end(status);
    }
    this.#open = undefined;
  }

  put(): boolean {
    return true;
  }

  over(answer: Answer, json: string | undefined): void {
    this.closed(answer);
    this.#respond(json, fieldsOf(answer));
  }

  closed(answer: Answer): void {
    this.#open?.delete(answer);
  }

  done(json: string | undefined): void {
    this.#respond(json, NO_FIELDS);
  }

  /** Messages of a stream are refused, so none waits. */
  unblock(): void {}

  /** There is nothing open that a notification could be about. */
  control({ id, method }: Request): boolean {
    return id === undefined && CONTROLS.has(method);
  }

  begin(request: Request, answer: Answer): void {
    openCall(request, answer, this.#options.parts);
    if (!answer.ended) (this.#open ??= new Set()).add(answer);
  }

  #take(bytes: Uint8Array, start: number, end: number): void {
    const limit = this.#options.limits.maxDepth;
    if (tooDeep(bytes, start, { length: end - start, limit })) {
      const reason = `A message may nest arrays and objects ${limit} deep, and this one goes deeper.`;
      this.done(refusal(idShown(shownOf(bytes, start, end)) ?? null, protocolError(-32600, reason)));
      return;
    }
    const message = parseJson(decodeUtf8(bytes, start, end));
    if (message === NO_JSON) this.done(refusal(null, protocolError(-32700, "The body is no JSON in UTF-8.")));
    else if (Array.isArray(message)) this.#batch(message);
    else this.#request(message);
  }

  #batch(entries: readonly unknown[]): void {
    const refused = Batch.refusalOf(entries);
    if (refused === undefined) new Batch(this, entries).go();
    else this.done(refused);
  }

  #request(message: unknown): void {
    const wrong = complaint(message);
    if (wrong !== undefined) {
      this.done(refusal(idOf(message), protocolError(-32600, wrong)));
      return;
    }
    // complaint() has found nothing wrong, so this is a request.
    const request = message as Request;
    if (this.control(request)) this.done(undefined);
    else this.begin(request, new Answer(this, request, true));
  }

  #respond(json: string | undefined, fields: Fields): void {
    if (this.#over) return;
    this.#over = true;
    if (json === undefined) this.#out.respond(this.#options.notifiedOk ? NOTIFIED_OK : NOTIFIED, "");
    else this.#out.respond(fields === NO_FIELDS ? ANSWERED : { status: 200, fields: [JSON_TYPE, ...fields] }, json);
  }
}

/** The fields of an answer as HTTP's; trailers, which most clients of HTTP cannot read, as fields that begin with `trailer-`. */
function fieldsOf({ fields, trailers }: Answer): Fields {
  if (fields.length === 0 && trailers.length === 0) return NO_FIELDS;
  return [
    ...fields.filter(([name]) => !NOT_SENT.has(name)),
    ...trailers.map(([name, value]) => [`trailer-${name}`, value] as const),
  ];
}
