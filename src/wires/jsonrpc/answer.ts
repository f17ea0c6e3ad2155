import { type Fields, NO_FIELDS } from "../../call/fields.js";
import { type Body, DEAF, type Sink } from "../../call/sink.js";
import { failure, type Status } from "../../call/status.js";
import type { Id, Request } from "./envelope.js";
import { fieldsJson } from "../../call/member-fields.js";
import { errorJson } from "./status.js";

/** What an answer needs of whoever sends it. */
export interface AnswerOwner {
  /** Why its answers are one message each; undefined: they may be streams. */
  readonly single: string | undefined;
  /** Sends a notification; false: `answer.request` is to wait for its `drain`. */
  put(answer: Answer, json: string): boolean;
  /** The call is over; `json` is its response, undefined where the request was a notification. */
  over(answer: Answer, json: string | undefined): void;
  /** Reads on, if this answer's request is what reading waits for. */
  unblock(answer: Answer): void;
}

/** The answer to one call: the sink that its method writes to. Without an id nothing of it is sent. */
export class Answer implements Sink {
  readonly id: Id | undefined;
  /** Where the request goes. */
  request: Sink = DEAF;
  /** The request's params are a list, and so each further message stands for a list of one. */
  positional: boolean = false;
  /** The request has ended. */
  heardAll: boolean = false;
  ended: boolean = false;
  /** Which of a batch it is. */
  place: number = 0;
  /** Header fields that were not sent in a message. */
  fields: Fields = NO_FIELDS;
  trailers: Fields = NO_FIELDS;
  readonly #owner: AnswerOwner;
  readonly #method: string;
  /** Fields go elsewhere: into HTTP's. */
  readonly #bare: boolean;
  #streamed = false;
  /** The one message of an answer that is no stream, while it is not known that no other follows. */
  #only: Body = undefined;

  constructor(owner: AnswerOwner, request: Pick<Request, "id" | "method">, bare = false) {
    this.#owner = owner;
    this.#method = request.method;
    this.#bare = bare;
    this.id = request.id;
  }

  /** Why this answer is one message; undefined: it may be a stream. */
  get single(): string | undefined {
    const { single } = this.#owner;
    return single ?? (this.id === undefined || this.id === null ? 'it needs an "id" that is not null' : undefined);
  }

  head(fields: Fields): void {
    this.fields = fields;
  }

  message(body: Body): boolean {
    if (this.ended) return true;
    if (this.single !== undefined) return this.#hold(body);
    const json = this.#json(body);
    if (json === undefined) return true;
    this.#streamed = true;
    const fields = this.fields === NO_FIELDS ? "" : `,"headers":${fieldsJson(this.fields)}`;
    this.fields = NO_FIELDS;
    const params = `{"id":${idJson(this.id)},"value":${json}${fields}}`;
    return this.#owner.put(this, `{"jsonrpc":"2.0","method":"rpc.message","params":${params}}`);
  }

  end(status: Status, last?: Body): void {
    if (this.ended) return;
    if (status.code !== "ok") {
      this.#end(status, `"error":${errorJson(status)}`);
      return;
    }
    if (last !== undefined && (this.#streamed || this.#only !== undefined)) {
      this.message(last);
      // A second message may have ended the call.
      if (this.ended) return;
      this.#end(status, '"result":null');
      return;
    }
    const body = last === undefined ? this.#only : last;
    const json = body === undefined ? "null" : this.#json(body);
    if (json !== undefined) this.#end(status, `"result":${json}`);
  }

  drain(): void {
    this.#owner.unblock(this);
  }

  /** Ends the call from here: the method hears of it too. The caller is told all the same, since an answer is what frees an id. */
  stop(status: Status): void {
    const { request } = this;
    this.end(status);
    request.end(status);
  }

  #hold(body: Body): boolean {
    if (this.#only === undefined) {
      this.#only = body;
      return true;
    }
    this.stop(failure("unimplemented", `Method ${this.#method} answers with a stream: ${this.single ?? ""}.`));
    return false;
  }

  /** The JSON of a message; undefined: it has none, and the call has ended with an error. */
  #json(body: Body): string | undefined {
    if (this.id === undefined) return "null";
    let reason = "it is a function or a symbol";
    try {
      const json = JSON.stringify(body) as string | undefined; // undefined for what JSON cannot hold, whatever its declaration says
      if (json !== undefined) return json;
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error);
    }
    this.stop(failure("internal", `The answer of ${this.#method} cannot be written as JSON: ${reason}.`));
    return undefined;
  }

  #end(status: Status, outcome: string): void {
    this.ended = true;
    this.trailers = status.trailers;
    this.#owner.over(this, this.id === undefined ? undefined : this.#response(outcome));
  }

  #response(outcome: string): string {
    const { fields, trailers } = this;
    const begin = `{"jsonrpc":"2.0","id":${idJson(this.id)},${outcome}`;
    if (this.#bare || (fields.length === 0 && trailers.length === 0)) return `${begin}}`;
    const headers = fields.length === 0 ? "" : `,"headers":${fieldsJson(fields)}`;
    return `${begin}${headers}${trailers.length === 0 ? "" : `,"trailers":${fieldsJson(trailers)}`}}`;
  }
}

/** The response to a request that opened no call. */
export function refusal(id: Id, status: Status): string {
  return `{"jsonrpc":"2.0","id":${idJson(id)},"error":${errorJson(status)}}`;
}

function idJson(id: Id | undefined): string {
  return typeof id === "number" ? `${id}` : JSON.stringify(id ?? null);
}
