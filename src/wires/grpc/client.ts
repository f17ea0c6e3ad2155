import { ENVELOPE_BYTES, soleMessage } from "../../bytes/envelope.js";
import { enveloped } from "../../bytes/enveloped.js";
import { type Fields, NO_FIELDS } from "../../call/fields.js";
import type { Body, CallHead, Dispatch, Sink } from "../../call/sink.js";
import { failure, OK, type Status } from "../../call/status.js";
import { type Compression, compressionOf } from "../compression.js";
import { envelopedMessage } from "../enveloped-message.js";
import type { ByteRange, HttpAnswer, HttpAsk, HttpIn, HttpOut, HttpRequest } from "../http.js";
import { KnownHeads } from "../known-heads.js";
import { MessageReader } from "../message-reader.js";
import type { MessageCoding, MessageCodings, SessionOptions } from "../wire.js";
import { secondTry } from "../second-try.js";
import { answerHead } from "./answer-head.js";
import { contentTypeOf } from "./codec.js";
import { readStatus } from "./status.js";
import { writeTimeout } from "./timeout.js";

/** What all calls of a connection share. */
interface Shared {
  readonly ask: HttpAsk;
  readonly options: SessionOptions;
  readonly requests: KnownHeads<HttpRequest>;
  readonly compression: Compression | undefined;
  readonly codings: MessageCodings;
}

/** Makes a Dispatch of a connection: each call is a request. */
export function grpcClient(ask: HttpAsk, options: SessionOptions): Dispatch {
  const accepts = ["identity", ...Object.keys(options.codings ?? {})].join(",");
  const compression = compressionOf(options);
  const common: Fields = [
    ["te", "trailers"],
    ["grpc-accept-encoding", accepts],
    ["user-agent", "grpc-callwire"],
    ...(compression === undefined ? [] : [["grpc-encoding", compression.name] as const]),
    ...(options.http?.fields ?? []),
  ];
  const requests = new KnownHeads((head) => requestOf(head, common));
  const shared: Shared = { ask, options, requests, compression, codings: options.codings ?? {} };
  return (head, reply) => new GrpcClientCall(shared, head, reply);
}

/** One call: writes the request's messages, and hears the answer's. */
class GrpcClientCall implements Sink, HttpIn {
  readonly #shared: Shared;
  readonly #head: CallHead;
  readonly #reply: Sink;
  /** Reads what is not one whole message. */
  #reader: MessageReader | undefined = undefined;
  #coding: MessageCoding | undefined = undefined;
  #out: HttpOut | undefined = undefined;
  /** The request, where it was one message and its answer has not begun: for a server that turns out not to have looked at it. */
  #whole: Uint8Array | undefined = undefined;
  /** Messages were sent that nobody has kept. */
  #spoke = false;
  /** The same call, made again. */
  #again: Sink | undefined = undefined;
  #over = false;
  #paused = false;
  #lastCame = false;
  /** The answer is no gRPC: what follows is a page for people, or nothing. */
  #bodiless = false;
  /** A head that says how the call ended: it is the trailers too ("Trailers-Only"), if nothing follows. */
  #alone: HttpAnswer | undefined = undefined;
  /** How the call ended, where the answer has said so. */
  #status: Status | undefined = undefined;

  constructor(shared: Shared, head: CallHead, reply: Sink) {
    this.#shared = shared;
    this.#head = head;
    this.#reply = reply;
  }

  /** Opens the call before its first message, so that the server may speak first. */
  head(): void {
    if (this.#out === undefined && !this.#over) this.#open();
  }

  message(body: Body): boolean {
    if (this.#over) return true;
    if (this.#again !== undefined) return this.#again.message(body);
    const out = this.#out ?? this.#open();
    this.#spoke = true;
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
      // Whatever the caller's reason, a deadline included, the server is told that it gave up (CANCEL).
      this.#out?.reset(failure("canceled", status.message));
      return;
    }
    const bytes = last === undefined ? EMPTY : this.#written(last);
    if (this.#out === undefined) {
      this.#whole = bytes[0] === 1 ? enveloped(0, last as Uint8Array) : bytes; // codecs of this wire make bytes
      this.#out = this.#ask(bytes);
    } else {
      this.#spoke = true;
      this.#out.data(bytes, true);
    }
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
    const { problem, coding, metadata, isEnd } = answerHead(answer, this.#shared.codings);
    this.#coding = coding;
    if (problem !== undefined) {
      this.#bodiless = true;
      this.#status = problem;
    } else if (isEnd) this.#alone = answer;
    else if (metadata.length > 0) this.#reply.head(metadata);
  }

  trailers(fields: Fields): void {
    this.#goOn();
    this.#status ??= readStatus(fields);
  }

  data(bytes: Uint8Array, range: ByteRange, last: boolean): boolean {
    if (this.#over) return true;
    const { start, end } = range;
    this.#lastCame = last;
    if (!this.#bodiless && end > start) {
      this.#goOn();
      const sole = this.#reader === undefined ? soleMessage(bytes, range, this.#most) : undefined;
      if (sole !== undefined) this.#take(sole, 0);
      else this.#reading().push(bytes, start, end);
    }
    this.#read();
    if (this.#over) return true;
    this.#reader?.keep();
    return !this.#paused;
  }

  room(): void {
    if (!this.#over) this.#reply.drain();
  }

  reset(status: Status): void {
    this.#finish(status);
  }

  /** Makes the call again, where nothing of it is lost. */
  refused(status: Status, sent: boolean): void {
    if (this.#over) return;
    const parts = { head: this.#head, reply: this.#reply, sent };
    const request = this.#spoke ? undefined : secondTry(this.#shared.options, parts);
    this.#again = request;
    const whole = this.#whole;
    this.#whole = undefined;
    if (request === undefined) this.#finish(status);
    else if (whole === undefined) request.head(NO_FIELDS);
    else request.end(OK, whole.length === 0 ? undefined : whole.subarray(ENVELOPE_BYTES));
  }

  get #most(): number {
    return this.#shared.options.limits.maxMessageBytes;
  }

  #reading(): MessageReader {
    if (this.#reader === undefined) {
      this.#reader = new MessageReader(this.#most);
      this.#reader.coding = this.#coding;
    }
    return this.#reader;
  }

  #read(): void {
    while (!this.#paused && !this.#over) {
      const reader = this.#reader;
      const found = reader === undefined ? "more" : reader.read();
      if (reader !== undefined && found === "message") this.#take(reader.body, reader.flags);
      else if (typeof found === "object") this.#fail(this.#about(found));
      else {
        if (this.#lastCame) this.#end();
        return;
      }
    }
  }

  #take(body: Uint8Array, flags: number): void {
    if (flags !== 0) this.#fail(this.#about(failure("internal", `A message has the flags ${flags}.`)));
    else if (!this.#reply.message(body) && !this.#over) this.#paused = true;
  }

  /** What is wrong with an answer, and with whose. */
  #about({ code, message }: Status): Status {
    const advice = code === "resource_exhausted" ? " Raise maxMessageBytes if that is to be." : "";
    return {
      code,
      message: `The answer of ${this.#head.path} cannot be read: ${message}${advice}`,
      details: [],
      trailers: [],
    };
  }

  /** Something follows the head, so that what it says of the end does not count. */
  #goOn(): void {
    if (this.#alone === undefined) return;
    const { metadata } = answerHead(this.#alone, this.#shared.codings);
    this.#alone = undefined;
    if (metadata.length > 0) this.#reply.head(metadata);
  }

  #end(): void {
    if (this.#alone !== undefined) this.#status = readStatus(this.#alone.fields);
    if ((this.#reader?.held ?? 0) > 0 && this.#status?.code === "ok")
      this.#finish(failure("internal", `The answer of ${this.#head.path} ended within a message.`));
    else this.#finish(this.#status ?? failure("internal", `The answer of ${this.#head.path} ended without a status.`));
  }

  /** Gives up an answer that cannot be taken. */
  #fail(status: Status): void {
    const out = this.#out;
    this.#finish(status);
    out?.reset(status);
  }

  #finish(status: Status): void {
    if (this.#over) return;
    this.#over = true;
    this.#reply.end(status);
  }

  #written(body: Body): Uint8Array {
    return envelopedMessage(body as Uint8Array, this.#shared.compression); // codecs of this wire make bytes
  }

  #open(): HttpOut {
    return (this.#out = this.#ask(undefined));
  }

  #ask(body: Uint8Array | undefined): HttpOut {
    return this.#shared.ask(this.#shared.requests.find(this.#head), this, body);
  }
}

const EMPTY = new Uint8Array(0);

/** The request of a call, which begins with what all of a connection have. */
function requestOf({ fields, timeoutMs, codec, path }: CallHead, common: Fields): HttpRequest {
  const own = fields === NO_FIELDS ? common : [...common, ...fields];
  const timed =
    timeoutMs === undefined || !Number.isFinite(timeoutMs)
      ? own
      : [...own, ["grpc-timeout", writeTimeout(timeoutMs)] as const];
  return {
    method: "POST",
    path: `/${path}`,
    query: "",
    fields: [["content-type", contentTypeOf(codec)], ...timed],
    memo: undefined,
  };
}
