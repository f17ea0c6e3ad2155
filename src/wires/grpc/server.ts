import { soleMessage } from "../../bytes/envelope.js";
import { envelopeHead } from "../../bytes/enveloped.js";
import { type Fields, NO_FIELDS } from "../../call/fields.js";
import { type Body, DEAF, type Dispatch, type Sink } from "../../call/sink.js";
import { failure, OK, type Status } from "../../call/status.js";
import { compressionOf } from "../compression.js";
import { lentMessage } from "../enveloped-message.js";
import type { ByteRange, HttpAnswer, HttpIn, HttpOut, HttpServe } from "../http.js";
import { MessageReader } from "../message-reader.js";
import type { MessageCoding, SessionOptions } from "../wire.js";
import { type RequestHead, requestHead } from "./request-head.js";
import { statusFields } from "./status.js";

/** Makes what answers gRPC's requests on one connection. */
export function grpcServer(dispatch: Dispatch, options: SessionOptions): HttpServe {
  const { peer, limits, codings = {} } = options;
  const rules = { peer, compression: compressionOf(options) };
  return (request, out) => {
    const head = requestHead(request, rules);
    const call = new GrpcCall(out, head, limits.maxMessageBytes);
    const wrong = head.badTimeout
      ? failure("internal", "The field grpc-timeout is none: write up to eight digits and a unit, such as 100m.")
      : head.encoding !== undefined && !Object.hasOwn(codings, head.encoding)
        ? failure("unimplemented", `Encoding ${JSON.stringify(head.encoding)} is not read here.`)
        : undefined;
    if (wrong === undefined) {
      if (head.encoding !== undefined) call.coding = codings[head.encoding];
      call.request = dispatch(head.call, call);
    } else call.refuse(wrong, [["grpc-accept-encoding", Object.keys(codings).join(",")]]);
    return call;
  };
}

/** One call: hears the request's bytes as messages, and writes the answer's. */
class GrpcCall implements HttpIn, Sink {
  readonly ownLimits = "all" as const;
  /** Where the request goes. */
  request: Sink = DEAF;
  readonly #out: HttpOut;
  readonly #head: RequestHead;
  readonly #most: number;
  /** How compressed messages of the request are compressed. */
  coding: MessageCoding | undefined = undefined;
  /** Reads what is not one whole message. */
  #reader: MessageReader | undefined = undefined;
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
    this.#most = maxMessageBytes;
  }

  answer(): void {}

  data(bytes: Uint8Array, range: ByteRange, last: boolean): boolean {
    if (this.#ended || this.#heardAll) return true;
    this.#lastCame = last;
    const sole = this.#reader === undefined ? soleMessage(bytes, range, this.#most) : undefined;
    if (sole !== undefined) this.#take(sole, 0);
    else if (range.end > range.start) this.#reading().push(bytes, range.start, range.end);
    this.#read();
    if (this.#ended) return true;
    this.#reader?.keep();
    return !this.#paused;
  }

  room(): void {
    if (!this.#ended) this.request.drain();
  }

  reset(status: Status): void {
    if (this.#ended) return;
    this.#ended = true;
    this.request.end(status);
  }

  head(fields: Fields): void {
    this.#fields = fields;
  }

  message(body: Body): boolean {
    if (this.#ended) return true;
    this.#begin();
    return this.#say(body as Uint8Array); // codecs of this wire make bytes
  }

  end(status: Status, last?: Body): void {
    if (this.#ended) return;
    this.#ended = true;
    const trailers = statusFields(status);
    const body = last as Uint8Array | undefined; // as above
    if (body !== undefined && isLarge(body)) this.#begin();
    if (this.#begun) {
      if (body !== undefined) this.#say(body);
      this.#out.trailers?.(trailers);
    } else if (body !== undefined) this.#out.respond(this.#answer(), this.#written(body), trailers);
    else if (status.code === "ok" || this.#fields !== NO_FIELDS) this.#out.respond(this.#answer(), EMPTY, trailers);
    // Without a message the trailers are all there is, and go as the head ("Trailers-Only").
    else this.#out.respond({ status: 200, fields: [...this.#answer().fields, ...trailers] }, EMPTY);
  }

  /** The method has room again. */
  drain(): void {
    if (!this.#paused || this.#ended) return;
    this.#paused = false;
    this.#read();
    if (!this.#paused && !this.#ended) this.#out.resume();
  }

  /** Answers with an error, before the call is made. */
  refuse(status: Status, fields: Fields): void {
    this.#ended = true;
    const all = [...this.#head.answer.fields, ...fields, ...statusFields(status)];
    this.#out.respond({ status: 200, fields: all }, EMPTY);
  }

  #read(): void {
    while (!this.#paused && !this.#ended && !this.#heardAll) {
      const reader = this.#reader;
      const found = reader === undefined ? "more" : reader.read();
      if (reader !== undefined && found === "message") this.#take(reader.body, reader.flags);
      else if (typeof found === "object") this.#stop(found);
      else {
        if (this.#lastCame) this.#finish();
        return;
      }
    }
  }

  #reading(): MessageReader {
    if (this.#reader === undefined) {
      this.#reader = new MessageReader(this.#most);
      this.#reader.coding = this.coding;
    }
    return this.#reader;
  }

  /** Bytes that are no whole message yet. */
  get #held(): number {
    return this.#reader?.held ?? 0;
  }

  #take(body: Uint8Array, flags: number): void {
    if (flags !== 0) this.#stop(failure("internal", `A message has the flags ${flags}.`));
    // The one message of most calls, and the end, are told together.
    else if (this.#lastCame && this.#held === 0) {
      this.#heardAll = true;
      this.request.end(OK, body);
    } else if (!this.request.message(body) && !this.#ended) this.#paused = true;
  }

  #finish(): void {
    this.#heardAll = true;
    if (this.#held > 0) this.#stop(failure("internal", "The request ended within a message."));
    else this.request.end(OK);
  }

  /** Ends the call from here: the method hears of it too. */
  #stop(status: Status): void {
    const { request } = this;
    this.end(status);
    request.end(status);
  }

  #answer(): HttpAnswer {
    const { answer } = this.#head;
    return this.#fields === NO_FIELDS ? answer : { status: 200, fields: [...answer.fields, ...this.#fields] };
  }

  #begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    this.#out.head(this.#answer());
  }

  /** Sends a message. A large one follows its envelope, since to put it into one would copy it. */
  #say(body: Uint8Array): boolean {
    if (this.#head.compression !== undefined || !isLarge(body)) return this.#out.data(this.#written(body), false);
    this.#out.data(envelopeHead(0, body.length), false);
    return this.#out.data(body, false);
  }

  #written(body: Uint8Array): Uint8Array {
    return lentMessage(body, this.#head.compression);
  }
}

function isLarge({ length }: Uint8Array): boolean {
  return length > 65_536;
}

const EMPTY = new Uint8Array(0);
