import { enveloped } from "../../bytes/enveloped.js";
import { type Fields, NO_FIELDS } from "../../call/fields.js";
import { type Body, DEAF, type Dispatch, type Sink } from "../../call/sink.js";
import { failure, OK, type Status } from "../../call/status.js";
import { lentMessage } from "../enveloped-message.js";
import type { ByteRange, HttpAnswer, HttpIn, HttpOut } from "../http.js";
import { MessageReader } from "../message-reader.js";
import { respondError } from "./answer.js";
import { END_STREAM, writeEndStream } from "./end-stream.js";
import { metadataOf } from "./fields.js";
import type { RequestHead } from "./request-head.js";

/** One call at the server whose messages travel in envelopes: hears the request's, and writes the answer's and its end. */
export class StreamCall implements HttpIn, Sink {
  readonly ownLimits = "all";
  /** Where the request goes. */
  #request: Sink = DEAF;
  readonly #out: HttpOut;
  readonly #head: RequestHead;
  readonly #reader: MessageReader;
  /** The answer is over; the request is. */
  #ended = false;
  #heardAll = false;
  #paused = false;
  #lastCame = false;
  #fields: Fields = NO_FIELDS;
  #begun = false;

  constructor(out: HttpOut, head: RequestHead, maxMessageBytes: number) {
    this.#out = out;
    this.#head = head;
    this.#reader = new MessageReader(maxMessageBytes);
    this.#reader.coding = head.coding;
  }

  /** Makes the call, or refuses it. */
  open(dispatch: Dispatch): void {
    const { refusal, call } = this.#head;
    if (refusal === undefined) this.#request = dispatch(call, this);
    else {
      this.#fields = refusal.fields ?? NO_FIELDS;
      this.end(refusal.status);
    }
  }

  answer(): void {}

  data(bytes: Uint8Array, { start, end }: ByteRange, last: boolean): boolean {
    if (this.#ended || this.#heardAll) return true;
    this.#reader.push(bytes, start, end);
    this.#lastCame = last;
    this.#read();
    if (this.#ended) return true;
    this.#reader.keep();
    return !this.#paused;
  }

  room(): void {
    if (!this.#ended) this.#request.drain();
  }

  reset(status: Status): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#request.end(status);
  }

  head(fields: Fields): void {
    this.#fields = metadataOf(fields);
  }

  message(body: Body): boolean {
    if (this.#ended) return true;
    if (!this.#begun) {
      this.#begun = true;
      this.#out.head(this.#answer());
    }
    return this.#out.data(this.#written(body), false);
  }

  end(status: Status, last?: Body): void {
    if (this.#ended) return;
    this.#ended = true;
    if (status.unfit === true) {
      respondError(this.#out, status, { http: 415, fields: NO_FIELDS });
      return;
    }
    const { trailers } = status;
    const kept = trailers.length === 0 ? status : { ...status, trailers: metadataOf(trailers) };
    const ending = kept === OK ? PLAIN_END : enveloped(END_STREAM, writeEndStream(kept));
    const whole = last === undefined ? ending : joined(this.#written(last), ending);
    if (this.#begun) this.#out.data(whole, true);
    else this.#out.respond(this.#answer(), whole);
  }

  /** The method has room again. */
  drain(): void {
    if (!this.#paused || this.#ended) return;
    this.#paused = false;
    this.#read();
    if (!this.#paused && !this.#ended) this.#out.resume();
  }

  #read(): void {
    while (!this.#paused && !this.#ended && !this.#heardAll) {
      const found = this.#reader.read();
      if (found === "more") {
        if (this.#lastCame) this.#finish();
        return;
      }
      if (found === "message") this.#take(this.#reader.body);
      else this.#stop(found);
    }
  }

  #take(body: Uint8Array): void {
    const { flags, held } = this.#reader;
    if (flags !== 0) this.#stop(failure("internal", `A message of a request has the flags ${flags}.`));
    // The one message of most calls, and the end, are told together.
    else if (this.#lastCame && held === 0) {
      this.#heardAll = true;
      this.#request.end(OK, body);
    } else if (!this.#request.message(body) && !this.#ended) this.#paused = true;
  }

  #finish(): void {
    this.#heardAll = true;
    if (this.#reader.held > 0) this.#stop(failure("internal", "The request ended within a message."));
    else this.#request.end(OK);
  }

  /** Ends the call from here: the method hears of it too. */
  #stop(status: Status): void {
    const request = this.#request;
    this.end(status);
    request.end(status);
  }

  #answer(): HttpAnswer {
    const { answer } = this.#head;
    return this.#fields === NO_FIELDS ? answer : { status: 200, fields: [...answer.fields, ...this.#fields] };
  }

  #written(body: Body): Uint8Array {
    return lentMessage(body as Uint8Array, this.#head.compression); // codecs of this wire make bytes
  }
}

const PLAIN_END = enveloped(END_STREAM, writeEndStream(OK));

function joined(one: Uint8Array, other: Uint8Array): Uint8Array {
  const whole = new Uint8Array(one.length + other.length);
  whole.set(one);
  whole.set(other, one.length);
  return whole;
}
