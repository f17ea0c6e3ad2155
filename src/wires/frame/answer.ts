import { type Fields, NO_FIELDS } from "../../call/fields.js";
import { fieldsJson } from "../../call/member-fields.js";
import { type Body, DEAF, type Sink } from "../../call/sink.js";
import { failure, type Status } from "../../call/status.js";
import type { Id } from "./envelope.js";
import type { FrameHead } from "./frame-head.js";
import { ERROR_OUT, errorJson } from "./status.js";

/** What an answer needs of its session. */
export interface AnswerOwner {
  /** Sends a frame; false: `answer.request` is to wait for its `drain`. */
  put(answer: Answer, json: string): boolean;
  /** The call is over, and this is its last frame. */
  over(answer: Answer, json: string): void;
  /** Reads on, if this answer's request is what reading waits for. */
  unblock(answer: Answer): void;
}

/** The answer to one call: the sink that its method writes to. Without an id it is exactly one frame. */
export class Answer implements Sink {
  readonly id: Id | undefined;
  /** Where the request goes. */
  request: Sink = DEAF;
  /** The request has ended. */
  heardAll: boolean = false;
  ended: boolean = false;
  /** Without an id: the whole answer, while earlier calls have to answer first. */
  held: string | undefined = undefined;
  readonly #owner: AnswerOwner;
  readonly #head: FrameHead;
  readonly #opening: string;
  #fields: Fields = NO_FIELDS;
  /** Without an id: the one message, while it is not known that no other follows. */
  #only: Body = undefined;

  constructor(owner: AnswerOwner, id: Id | undefined, head: FrameHead) {
    this.#owner = owner;
    this.#head = head;
    this.id = id;
    this.#opening = id === undefined ? "" : typeof id === "number" ? `,"id":${id}` : `,"id":${JSON.stringify(id)}`;
  }

  head(fields: Fields): void {
    this.#fields = fields;
  }

  message(body: Body): boolean {
    if (this.ended) return true;
    if (this.id === undefined) return this.#hold(body);
    const json = this.#json(body);
    if (json === undefined) return true;
    return this.#owner.put(this, `${this.#begin()},"result":${json},"more":true}`);
  }

  end(status: Status, last?: Body): void {
    if (this.ended) return;
    if (status.code !== "ok") {
      this.#end(this.#error(status));
      return;
    }
    if (this.id === undefined && last !== undefined && this.#only !== undefined && !this.#hold(last)) return;
    const body = last === undefined ? this.#only : last;
    const json = body === undefined ? undefined : this.#json(body);
    if (this.ended) return;
    const end = status.trailers.length === 0 ? "}" : `,"trailers":${fieldsJson(status.trailers)}}`;
    if (json !== undefined) this.#end(`${this.#begin()},"result":${json}${end}`);
    else this.#end(`${this.#begin()}${this.id === undefined ? ',"result":null' : ',"done":true'}${end}`);
  }

  drain(): void {
    this.#owner.unblock(this);
  }

  #begin(): string {
    const begin = this.#head.opening + this.#opening;
    if (this.#fields === NO_FIELDS) return begin;
    const fields = this.#fields;
    this.#fields = NO_FIELDS;
    return `${begin},"headers":${fieldsJson(fields)}`;
  }

  #hold(body: Body): boolean {
    if (this.#only === undefined) {
      this.#only = body;
      return true;
    }
    this.#stop(
      failure("invalid_argument", `Method ${this.#head.path} answers with a stream: send an "id" to call it.`),
    );
    return false;
  }

  /** The JSON of a message; undefined: it has none, and the call has ended with an error. */
  #json(body: Body): string | undefined {
    let reason = "it is a function or a symbol";
    try {
      const json = JSON.stringify(body) as string | undefined; // undefined for what JSON cannot hold, whatever its declaration says
      if (json !== undefined) return json;
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error);
    }
    this.#stop(failure("internal", `The answer of ${this.#head.path} cannot be written as JSON: ${reason}.`));
    return undefined;
  }

  /** Ends the call from here: the method hears of it too. */
  #stop(status: Status): void {
    const { request } = this;
    this.#end(this.#error(status));
    request.end(status);
  }

  #error(status: Status): string {
    const end = status.trailers.length === 0 ? "}" : `,"trailers":${fieldsJson(status.trailers)}}`;
    return `{"out":"${ERROR_OUT}"${this.#opening},"result":${errorJson(status)}${end}`;
  }

  #end(json: string): void {
    this.ended = true;
    this.#owner.over(this, json);
  }
}
