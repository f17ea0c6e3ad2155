import { encodeBase64 } from "../../bytes/base64.js";
import { Base64Segments } from "../../bytes/base64-segments.js";
import { encodeUtf8 } from "../../bytes/utf8.js";
import { type Fields, NO_FIELDS } from "../../call/fields.js";
import { failure, type Status } from "../../call/status.js";
import type { ByteRange, HttpAnswer, HttpIn, HttpOut, HttpServe } from "../http.js";
import { planOf, type RequestPlan } from "./request-plan.js";

/** Answers requests of gRPC-Web by what answers gRPC's: its trailers become the end of the body (PROTOCOL-WEB.md). */
export function grpcWebServe(serve: HttpServe): HttpServe {
  return (request, out) => {
    const plan = planOf(request);
    const answer = new WebAnswer(out, plan);
    // The bytes of a request are gRPC's own, unless they are text.
    const heard = serve(plan.request, answer);
    return plan.textIn ? new TextRequest(answer, heard) : heard;
  };
}

/** The answer to one request: what gRPC says, as gRPC-Web has it. */
class WebAnswer implements HttpOut {
  readonly #out: HttpOut;
  readonly #plan: RequestPlan;
  #begun = false;

  constructor(out: HttpOut, plan: RequestPlan) {
    this.#out = out;
    this.#plan = plan;
  }

  respond(head: HttpAnswer, body: string | Uint8Array, trailers: Fields = NO_FIELDS): void {
    this.#begun = true;
    const bytes = typeof body === "string" ? encodeUtf8(body) : body;
    // Without trailers they are in the head ("Trailers-Only").
    const whole = trailers === NO_FIELDS ? bytes : joined(bytes, this.#plan.frame(trailers));
    this.#out.respond(this.#plan.answer(head), this.#written(whole));
  }

  head(head: HttpAnswer): void {
    this.#begun = true;
    this.#out.head(this.#plan.answer(head));
  }

  data(body: string | Uint8Array, last: boolean): boolean {
    return this.#out.data(this.#written(typeof body === "string" ? encodeUtf8(body) : body), last);
  }

  trailers(fields: Fields): void {
    this.#out.data(this.#written(this.#plan.frame(fields)), true);
  }

  resume(): void {
    this.#out.resume();
  }

  reset(status: Status): void {
    this.#out.reset(status);
  }

  upgrade(): boolean {
    return false;
  }

  /** Ends what was asked for in a way that cannot be read. */
  refuse(status: Status): void {
    if (this.#begun) this.#out.reset(status);
    else this.#out.respond(BROKEN, `${status.message}\n`);
  }

  /** Text is flushed with every piece, so each is padded by itself. */
  #written(bytes: Uint8Array): string | Uint8Array {
    return this.#plan.textOut ? encodeBase64(bytes) : bytes;
  }
}

/** The request of an exchange whose body is text: gRPC hears what it says. */
class TextRequest implements HttpIn {
  readonly ownLimits = "all" as const;
  readonly #answer: WebAnswer;
  readonly #heard: HttpIn;
  readonly #text = new Base64Segments();
  #over = false;

  constructor(answer: WebAnswer, heard: HttpIn) {
    this.#answer = answer;
    this.#heard = heard;
  }

  answer(): void {}

  data(bytes: Uint8Array, { start, end }: ByteRange, last: boolean): boolean {
    if (this.#over) return true;
    const decoded = this.#text.decode(bytes, start, end);
    if (decoded !== undefined && (!last || this.#text.whole))
      return this.#heard.data(decoded, { start: 0, end: decoded.length }, last);
    const status = failure("internal", "The request is sent as text, and is no base64, or ends within a group of it.");
    this.reset(status);
    this.#answer.refuse(status);
    return true;
  }

  room(): void {
    this.#heard.room();
  }

  reset(status: Status): void {
    if (this.#over) return;
    this.#over = true;
    this.#heard.reset(status);
  }
}

/** How a request is answered whose body is no base64; gRPC's callers take it for `internal`. */
const BROKEN: HttpAnswer = { status: 400, fields: [["content-type", "text/plain; charset=utf-8"]] };

function joined(one: Uint8Array, other: Uint8Array): Uint8Array {
  if (one.length === 0) return other;
  const whole = new Uint8Array(one.length + other.length);
  whole.set(one);
  whole.set(other, one.length);
  return whole;
}
