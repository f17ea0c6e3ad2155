import { type Fields, NO_FIELDS } from "../../call/fields.js";
import { fieldsJson, type MemberFields } from "../../call/member-fields.js";
import type { Body, CallHead, Sink } from "../../call/sink.js";
import { failure, type Status } from "../../call/status.js";
import type { AnswerFrame } from "./envelope.js";
import { fieldsOf, isHeaders } from "./headers.js";
import { ERROR_OUT, errorStatus } from "./status.js";

/** What a call needs of its session. */
export interface ClientCallOwner {
  /** Sends a frame; false: `call.reply` is to wait for its `drain`. */
  put(call: ClientCall, json: string): boolean;
  /** The caller has given up. */
  cancel(call: ClientCall, status: Status): void;
  /** Reads on, if this call's answer is what reading waits for. */
  unblock(call: ClientCall): void;
}

/** One call on its way: the sink for its request, and the reading of its answer. */
export class ClientCall implements Sink {
  readonly id: number;
  readonly reply: Sink;
  readonly request: CallHead;
  /** The caller has heard the end, or has given up. */
  ended: boolean = false;
  /** Something was sent. */
  opened: boolean = false;
  readonly #owner: ClientCallOwner;
  #finished = false;
  #answered = false;

  constructor(owner: ClientCallOwner, id: number, parts: { head: CallHead; reply: Sink }) {
    this.#owner = owner;
    this.id = id;
    this.request = parts.head;
    this.reply = parts.reply;
  }

  /** Opens the call before its first message, so that the server may speak first. What is sent as header fields is in the head already. */
  head(): void {
    if (!this.opened && !this.ended) this.#owner.put(this, `${this.#begin()},"more":true}`);
  }

  message(body: Body): boolean {
    if (this.ended || this.#finished) return true;
    const json = this.#json(body);
    return json === undefined || this.#owner.put(this, `${this.#begin()},"params":${json},"more":true}`);
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
    const json = last === undefined ? undefined : this.#json(last);
    if (this.ended) return;
    if (json !== undefined) this.#owner.put(this, `${this.#begin()},"params":${json}}`);
    else this.#owner.put(this, `${this.#begin()},"done":true}`);
  }

  drain(): void {
    this.#owner.unblock(this);
  }

  /** Takes an answer frame. `over`: it was the last one; `full`: wait for `drain` before the next. */
  hear(frame: AnswerFrame): "over" | "full" | undefined {
    if (frame.out === ERROR_OUT)
      return this.#over({ ...errorStatus(frame.result), trailers: heardFields(frame.trailers) });
    if (!this.#answered && frame.headers !== undefined) this.reply.head(heardFields(frame.headers));
    this.#answered = true;
    if (frame.more === true) {
      if (frame.result === undefined || this.reply.message(frame.result)) return undefined;
      return this.ended ? undefined : "full";
    }
    const trailers = heardFields(frame.trailers);
    return this.#over(
      { code: "ok", message: "", details: [], trailers },
      frame.done === true ? frame.result : (frame.result ?? null),
    );
  }

  /** The answer will not come. */
  fail(status: Status): void {
    this.#over(status);
  }

  #over(status: Status, last?: Body): "over" {
    if (!this.ended) {
      this.ended = true;
      this.reply.end(status, last);
    }
    return "over";
  }

  /** The beginning of a frame: all that opens the call the first time, the id alone afterwards. */
  #begin(): string {
    if (this.opened) return `{"id":${this.id}`;
    this.opened = true;
    const { fields, timeoutMs } = this.request;
    let begin = `${openingOf(this.request)}${this.id}`;
    if (timeoutMs !== undefined && Number.isFinite(timeoutMs)) begin += `,"timeout_ms":${timeoutMs}`;
    if (fields !== NO_FIELDS) begin += `,"headers":${fieldsJson(fields)}`;
    return begin;
  }

  /** The JSON of a message; undefined: it has none, and the call has ended with an error. */
  #json(body: Body): string | undefined {
    let reason = "it is a function or a symbol";
    try {
      const json = JSON.stringify(this.request.positional ? unwrapped(body) : body) as string | undefined; // undefined for what JSON cannot hold
      if (json !== undefined) return json;
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error);
    }
    this.reply.end(
      failure("invalid_argument", `The input of ${this.request.path} cannot be written as JSON: ${reason}.`),
    );
    if (!this.ended) this.end(failure("canceled", "The input cannot be written."));
    return undefined;
  }
}

/** Header fields of an answer; what a server of another make means by these words is left alone. */
function heardFields(headers: MemberFields | undefined): Fields {
  return headers !== undefined && isHeaders(headers) ? fieldsOf(headers) : NO_FIELDS;
}

/** A plain function's arguments: on this wire an only argument stands for itself, unless it is an array. */
function unwrapped(body: Body): unknown {
  return Array.isArray(body) && body.length === 1 && !Array.isArray(body[0]) ? (body[0] ?? null) : body;
}

/** How each call of a head begins, up to its id; worked out once a head. */
function openingOf(head: CallHead): string {
  if (head.memo !== undefined && head.memo.owner === openingOf) return head.memo.value as string; // only this function owns such memos
  const value = `{"in":${JSON.stringify(head.path)},"id":`;
  head.memo = { owner: openingOf, value };
  return value;
}
