import { InBuffer } from "../../bytes/in-buffer.js";
import { type Fields, NO_FIELDS } from "../../call/fields.js";
import { type Body, DEAF, type Dispatch, type Sink } from "../../call/sink.js";
import { failure, OK, type Status } from "../../call/status.js";
import type { ByteRange, HttpAnswer, HttpIn, HttpOut } from "../http.js";
import { respondError } from "./answer.js";
import { metadataOf, prefixedTrailers } from "./fields.js";
import type { RequestHead } from "./request-head.js";

/** What the calls of a connection share. */
export interface UnaryShared {
  readonly dispatch: Dispatch;
  readonly maxMessageBytes: number;
}

/** One call at the server whose messages travel alone: hears the request's body, makes the call when it is whole, and answers it. */
export class UnaryCall implements HttpIn, Sink {
  readonly ownLimits = "size";
  readonly #out: HttpOut;
  readonly #head: RequestHead;
  readonly #shared: UnaryShared;
  /** Where the request goes. */
  #request: Sink = DEAF;
  /** A body that comes in pieces. */
  #pieces: InBuffer | undefined = undefined;
  #heard = 0;
  #fields: Fields = NO_FIELDS;
  #body: Uint8Array | undefined = undefined;
  /** The answer has been given, or nobody waits for it. */
  #over = false;

  constructor(out: HttpOut, head: RequestHead, shared: UnaryShared) {
    this.#out = out;
    this.#head = head;
    this.#shared = shared;
  }

  answer(): void {}

  data(bytes: Uint8Array, { start, end }: ByteRange, last: boolean): boolean {
    if (this.#over) return true;
    this.#heard += end - start;
    const { maxMessageBytes } = this.#shared;
    if (this.#heard > maxMessageBytes) this.#fail(tooLong(maxMessageBytes, ""));
    else if (last && this.#pieces === undefined) this.#take(bytes.subarray(start, end));
    else this.#hold(bytes.subarray(start, end), last);
    return true;
  }

  room(): void {}

  reset(status: Status): void {
    if (this.#over) return;
    this.#over = true;
    this.#request.end(status);
  }

  head(fields: Fields): void {
    this.#fields = metadataOf(fields);
  }

  message(body: Body): boolean {
    // A message is lent, and the end is still to come. Codecs of this wire make bytes.
    this.#body = (body as Uint8Array).slice();
    return true;
  }

  end(status: Status, last?: Body): void {
    if (this.#over) return;
    if (status.code !== "ok") {
      const unfit = this.#head.call.safe === true ? 405 : 415;
      const http = status.absent === true ? 404 : status.unfit === true ? unfit : undefined;
      this.#fail(status, { http, fields: http === 405 ? ALLOW_POST : this.#fields });
      return;
    }
    const body = (last as Uint8Array | undefined) ?? this.#body; // as above
    if (body === undefined) this.#fail(failure("internal", `${this.#head.call.path} ended without an answer.`));
    else this.#respond(body, status);
  }

  drain(): void {}

  #hold(piece: Uint8Array, last: boolean): void {
    // What is refused is not kept.
    if (this.#head.refusal === undefined) {
      this.#pieces ??= new InBuffer();
      this.#pieces.push(piece);
      if (!last) this.#pieces.keep();
    }
    if (last) this.#take(this.#pieces === undefined ? piece : wholeOf(this.#pieces));
  }

  /** The request has all come. */
  #take(body: Uint8Array): void {
    const { refusal, message = body, coding, call } = this.#head;
    if (refusal !== undefined) {
      this.#fail(refusal.status, { http: refusal.http, fields: refusal.fields ?? NO_FIELDS });
      return;
    }
    const { dispatch, maxMessageBytes } = this.#shared;
    // What is empty is not compressed, whatever the head says.
    const plain = coding === undefined || message.length === 0 ? message : coding.decode(message, maxMessageBytes);
    if (plain === "oversized") this.#fail(tooLong(maxMessageBytes, " when it is decompressed"));
    else if (plain === "broken") this.#fail(failure("invalid_argument", "The message cannot be decompressed."));
    else {
      this.#request = dispatch(call, this);
      if (!this.#over) this.#request.end(OK, plain);
    }
  }

  #respond(body: Uint8Array, status: Status): void {
    this.#over = true;
    const { answer, compression } = this.#head;
    if (compression !== undefined && body.length >= compression.minBytes) {
      const packed = compression.coding.encode(body);
      if (packed.length < body.length) {
        const coded = { status: 200, fields: [...answer.fields, ["content-encoding", compression.name] as const] };
        this.#out.respond(this.#headOf(coded, status), packed);
        return;
      }
    }
    this.#out.respond(this.#headOf(answer, status), body);
  }

  #headOf(answer: HttpAnswer, { trailers }: Status): HttpAnswer {
    if (this.#fields === NO_FIELDS && trailers.length === 0) return answer;
    return { status: 200, fields: [...answer.fields, ...this.#fields, ...prefixedTrailers(metadataOf(trailers))] };
  }

  #fail(status: Status, parts: Parameters<typeof respondError>[2] = { fields: NO_FIELDS }): void {
    this.#over = true;
    respondError(this.#out, status, parts);
  }
}

const ALLOW_POST: Fields = [["allow", "POST"]];

function tooLong(most: number, when: string): Status {
  return failure("resource_exhausted", `A message may have ${most} bytes${when}, and this one has more.`);
}

function wholeOf({ bytes, at, until }: InBuffer): Uint8Array {
  return bytes.subarray(at, until);
}
