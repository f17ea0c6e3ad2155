import { decodeUtf8 } from "../../bytes/utf8.js";
import type { Body, CallHead, Sink } from "../../call/sink.js";
import { failure, OK, type Status } from "../../call/status.js";
import type { ByteRange, HttpAnswer, HttpIn, HttpOut } from "../http.js";
import type { AnswerHead } from "./answer-head.js";
import type { Shared } from "./request.js";
import { readError } from "./error-value.js";

/** One call at the client whose messages travel alone: one request, and one answer. */
export class UnaryAsking implements Sink, HttpIn {
  readonly ownLimits = "size";
  readonly #shared: Shared;
  readonly #head: CallHead;
  readonly #reply: Sink;
  #out: HttpOut | undefined = undefined;
  #body: Uint8Array | undefined = undefined;
  #answer: AnswerHead | undefined = undefined;
  /** An answer that comes in pieces. */
  #pieces: Uint8Array | undefined = undefined;
  #heard = 0;
  #over = false;
  /** The same call, made again. */
  #again: Sink | undefined = undefined;
  /** Why the request was given up before it was known how to say so. */
  #unsaid: Status | undefined = undefined;

  constructor(shared: Shared, head: CallHead, reply: Sink) {
    this.#shared = shared;
    this.#head = head;
    this.#reply = reply;
  }

  /** What is sent as header fields is in the head already. */
  head(): void {}

  message(body: Body): boolean {
    // A message is lent, and the end is still to come. Codecs of this wire make bytes.
    if (this.#body === undefined) this.#body = (body as Uint8Array).slice();
    else this.#finish(failure("invalid_argument", `${this.#head.path} takes one message, and a second one came.`));
    return true;
  }

  end(status: Status, last?: Body): void {
    if (this.#over) return;
    if (this.#again !== undefined) {
      this.#again.end(status);
      return;
    }
    if (status.code !== "ok") {
      this.#over = true;
      // Whatever the caller's reason, a deadline included, the server is told that it gave up.
      this.#giveUp(failure("canceled", status.message));
      return;
    }
    const body = (last as Uint8Array | undefined) ?? this.#body ?? EMPTY; // as above
    // It is lent, and may have to be sent again.
    if (this.#shared.again !== undefined) this.#body = new Uint8Array(body);
    const out = this.#ask(body);
    this.#out = out;
    if (this.#unsaid !== undefined) out.reset(this.#unsaid);
  }

  drain(): void {}

  answer(answer: HttpAnswer): void {
    if (this.#over) return;
    this.#body = undefined;
    const head = this.#shared.readHead(answer, { form: "unary", codec: this.#head.codec }, this.#shared.codings);
    this.#answer = head;
    if (head.heads.length > 0) this.#reply.head(head.heads);
  }

  data(bytes: Uint8Array, { start, end }: ByteRange, last: boolean): boolean {
    if (this.#over) return true;
    this.#heard += end - start;
    const { maxMessageBytes } = this.#shared;
    if (this.#heard > maxMessageBytes) {
      const status = failure(
        "resource_exhausted",
        this.#about(`has more than ${maxMessageBytes} bytes: raise maxMessageBytes`),
      );
      this.#finish(status);
      if (!last) this.#giveUp(status);
    } else if (last && this.#pieces === undefined) this.#take(bytes.subarray(start, end));
    else this.#hold(bytes.subarray(start, end), last);
    return true;
  }

  room(): void {}

  reset(status: Status): void {
    this.#finish(status);
  }

  refused(status: Status, sent: boolean): void {
    if (this.#over) return;
    const again = this.#shared.again?.({ head: this.#head, reply: this.#reply, sent });
    this.#again = again;
    if (again === undefined) this.#finish(status);
    else again.end(OK, this.#body);
  }

  #ask(body: Uint8Array): HttpOut {
    const { ask, compression, get } = this.#shared;
    const byGet = this.#head.safe === true ? get?.(this.#head, body, this.#shared) : undefined;
    if (byGet !== undefined) return ask(byGet, this, EMPTY);
    const { plain, packed } = this.#shared.asking(this.#head, "unary");
    if (compression === undefined || body.length < compression.minBytes) return ask(plain, this, body);
    return ask(packed, this, compression.coding.encode(body));
  }

  /** Keeps a piece, the last that was heard, behind those before it. */
  #hold(piece: Uint8Array, last: boolean): void {
    let whole = (this.#pieces ??= EMPTY);
    const end = this.#heard;
    if (end > whole.length) {
      whole = new Uint8Array(end * 2);
      whole.set(this.#pieces);
      this.#pieces = whole;
    }
    whole.set(piece, end - piece.length);
    if (last) this.#take(whole.subarray(0, end));
  }

  /** The answer has all come. */
  #take(body: Uint8Array): void {
    const { problem, coding, trailers = [] } = this.#answer ?? NO_ANSWER;
    const { maxMessageBytes } = this.#shared;
    // What is empty is not compressed, whatever the head says.
    const plain = coding === undefined || body.length === 0 ? body : coding.decode(body, maxMessageBytes);
    if (problem !== undefined) {
      const status = typeof plain === "string" ? problem : this.#explained(problem, plain);
      this.#finish(trailers.length === 0 ? status : { ...status, trailers });
    } else if (plain === "oversized")
      this.#finish(
        failure("resource_exhausted", this.#about(`becomes more than ${maxMessageBytes} bytes: raise maxMessageBytes`)),
      );
    else if (plain === "broken") this.#finish(failure("internal", this.#about("cannot be decompressed")));
    else this.#finish(trailers.length === 0 ? OK : { ...OK, trailers }, plain);
  }

  /** What the body says of an answer that is no message. */
  #explained(problem: Status, body: Uint8Array): Status {
    const code = problem.code === "ok" ? "unknown" : problem.code;
    if (this.#answer?.isError !== true) return problem;
    return readError(parsed(body), { ...problem, code });
  }

  #about(what: string): string {
    return `The answer of ${this.#head.path} ${what}.`;
  }

  #giveUp(status: Status): void {
    if (this.#out === undefined) this.#unsaid = status;
    else this.#out.reset(status);
  }

  #finish(status: Status, last?: Body): void {
    if (this.#over) return;
    this.#over = true;
    this.#reply.end(status, last);
  }
}

const EMPTY = new Uint8Array(0);
const NO_ANSWER: Partial<AnswerHead> = { problem: failure("internal", "The server answered without a head.") };

function parsed(body: Uint8Array): unknown {
  try {
    return JSON.parse(decodeUtf8(body, 0, body.length) ?? "");
  } catch {
    return undefined;
  }
}
