import { copyOf } from "../../bytes/slab.js";
import { type Fields, NO_FIELDS } from "../../call/fields.js";
import type { Body, CallHead, Sink } from "../../call/sink.js";
import { failure, OK, type Status } from "../../call/status.js";
import { ANNOUNCEMENT, type Shape } from "./announcement.js";
import type { HeardAnswer } from "./heard-answer.js";
import { type NumberedCompression, packed } from "./compression.js";
import { greeting, requestPrefix } from "./request-bytes.js";
import type { Stream, StreamHearer } from "./stream.js";
import { streamSettings } from "./stream-settings.js";
import type { PacketHead } from "./write-packet.js";

/** What a call needs of its session. */
export interface ClientCallOwner {
  readonly sending: ClientSending;
  /** Nothing has been sent on this connection. */
  readonly fresh: boolean;
  put(call: PacketHead, message: Uint8Array): void;
  /** Makes the near end of a stream for a call. */
  streamFor(call: ClientCall): Stream;
  /** The caller has given up. */
  cancel(call: ClientCall, status: Status): void;
  /** The answer is over. */
  forget(call: ClientCall): void;
}

/** How a client's messages are sent. */
export interface ClientSending {
  readonly compression: NumberedCompression | undefined;
  readonly checksum: boolean;
  readonly authentication: string | undefined;
}

/** One call on its way, and the meta of its packet: the sink for its request, and the reading of its answer. */
export class ClientCall implements Sink, PacketHead, StreamHearer {
  readonly id: number;
  readonly idLow: number;
  readonly idHigh: number;
  readonly checked: boolean;
  prefix: Uint8Array = NONE;
  extra: Uint8Array = NONE;
  compressType: number = 0;
  readonly reply: Sink;
  readonly request: CallHead;
  /** The caller has heard the end, or has given up. */
  ended: boolean = false;
  /** The request was sent. */
  opened: boolean = false;
  /** The near end of its stream, where its method has one. */
  stream: Stream | undefined = undefined;
  readonly #owner: ClientCallOwner;
  #finished = false;
  /** The request's one message, until its end. */
  #only: Uint8Array | undefined = undefined;
  #heardHead = false;
  #trailers: Fields = NO_FIELDS;

  constructor(owner: ClientCallOwner, id: number, parts: { readonly head: CallHead; readonly reply: Sink }) {
    this.#owner = owner;
    this.id = id;
    this.idLow = id | 0;
    this.idHigh = id < 2 ** 32 ? 0 : Math.floor(id / 2 ** 32);
    this.checked = owner.sending.checksum;
    this.request = parts.head;
    this.reply = parts.reply;
  }

  get attachment(): Uint8Array | undefined {
    return this.request.attachment;
  }

  /** Opens the call before its first message, so that the server may speak first. What is sent as header fields is in the head already. */
  head(): void {
    if (this.#streamsIn && !this.ended) this.#open(NONE);
  }

  message(body: Body): boolean {
    if (this.ended || this.#finished) return true;
    const bytes = body as Uint8Array; // codecs of this wire make bytes
    if (this.#streamsIn) return this.#open(NONE)?.send(bytes) ?? true;
    this.#only = copyOf(bytes);
    return true;
  }

  end(status: Status, last?: Body): void {
    if (this.ended) return;
    if (status.code !== "ok") {
      this.ended = true;
      this.#owner.cancel(this, status);
      return;
    }
    if (this.#finished) return;
    this.#finished = true;
    const bytes = (last as Uint8Array | undefined) ?? this.#only; // as above
    if (this.#streamsIn) {
      const stream = this.#open(NONE);
      if (bytes !== undefined) stream?.send(bytes);
      stream?.close();
    } else this.#open(bytes ?? NONE);
  }

  drain(): void {
    this.stream?.read();
  }

  /** Takes an answer that is a message and nothing else. */
  answered(message: Uint8Array): void {
    // Beside a stream that has been accepted it says nothing.
    if (this.stream?.connected !== true) this.#over(OK, message);
  }

  /** Takes the answer, or what is said beside its stream. */
  hear(answer: HeardAnswer): void {
    const { status, fields, attachment, message } = answer;
    if (status.code !== "ok") {
      this.fail(status);
      return;
    }
    if (!this.#heardHead && (fields.length > 0 || attachment !== undefined)) {
      this.#heardHead = true;
      this.reply.head(fields, attachment);
      if (this.ended) return;
    }
    const { stream } = this;
    if (stream === undefined || (answer.stream === undefined && !stream.connected)) {
      // Where no stream was accepted, the message is all there is.
      this.#over(status, message);
      return;
    }
    if (status.trailers.length > 0) this.#trailers = status.trailers;
    if (answer.stream === undefined || stream.connected) return;
    stream.connect(answer.stream);
    if (message.length > 0) stream.take(message);
    stream.flush();
  }

  /** The answer will not come, or is an error. */
  fail(status: Status): void {
    this.#over(status);
  }

  closed(): void {
    this.#over(this.#trailers === NO_FIELDS ? OK : { ...OK, trailers: this.#trailers });
  }

  reset(): void {
    this.#over(failure("unavailable", `The server reset the stream of ${this.request.path} without a word.`));
  }

  overrun(reason: string): void {
    const { stream } = this;
    this.#over(failure("resource_exhausted", reason), undefined, stream);
  }

  #over(status: Status, last?: Body, reset?: Stream): void {
    if (this.ended) return;
    this.ended = true;
    if (reset === undefined) this.stream?.end();
    else reset.reset();
    this.#owner.forget(this);
    this.reply.end(status, last);
  }

  get #shape(): Shape {
    return this.request.shape ?? "unary";
  }

  get #streamsIn(): boolean {
    return this.#shape === "clientStream" || this.#shape === "bidi";
  }

  /** Sends the request, once; returns the stream. */
  #open(message: Uint8Array): Stream | undefined {
    if (this.opened) return this.stream;
    this.opened = true;
    const { sending, fresh } = this.#owner;
    const shape = this.#shape;
    this.prefix = requestPrefix(this.request);
    if (fresh || shape !== "unary") this.extra = this.#own(shape, fresh ? sending.authentication : undefined);
    const { compression } = sending;
    const bytes = packed(message, compression);
    if (compression !== undefined && bytes !== message) this.compressType = compression.number;
    this.#owner.put(this, bytes);
    return this.stream;
  }

  /** What this request says that others of its method do not. */
  #own(shape: Shape, authentication: string | undefined): Uint8Array {
    const hello = greeting([ANNOUNCEMENT, shape], authentication);
    if (shape === "unary") return hello;
    this.stream = this.#owner.streamFor(this);
    return new Uint8Array([...hello, ...streamSettings(this.stream.id, true)]);
  }
}

const NONE = new Uint8Array(0);
