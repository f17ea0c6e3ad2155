import { type Fields, NO_FIELDS } from "../../call/fields.js";
import type { Body, CallHead, Sink } from "../../call/sink.js";
import { failure, type Status } from "../../call/status.js";
import type { Answer } from "./envelope.js";
import { fieldsIn, fieldsJson } from "../../call/member-fields.js";
import { paramsJson } from "./params.js";
import { errorStatus } from "./status.js";

/** What a call needs of its session. */
export interface ClientCallOwner {
  /** Sends a message; false: `call.reply` is to wait for its `drain`. */
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
  /** The request was sent, or its beginning. */
  opened: boolean = false;
  readonly #owner: ClientCallOwner;
  #finished = false;
  /** Something was heard: header fields come no more. */
  #answered = false;
  /** The answer is a stream. */
  #streamed: boolean;

  constructor(owner: ClientCallOwner, id: number, parts: { readonly head: CallHead; readonly reply: Sink }) {
    this.#owner = owner;
    this.id = id;
    this.request = parts.head;
    this.reply = parts.reply;
    const { shape } = parts.head;
    this.#streamed = shape === "serverStream" || shape === "bidi";
  }

  /** Opens the call before its first message, so that the server may speak first. What is sent as header fields is in the head already. */
  head(): void {
    if (!this.opened && !this.ended) this.#open(undefined, true);
  }

  message(body: Body): boolean {
    if (this.ended || this.#finished) return true;
    if (!this.opened) return this.#open(body, true);
    const json = this.#json(body);
    return json === undefined || this.#notify("rpc.message", `,"value":${json}`);
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
    if (!this.opened) {
      this.#open(last, false);
      return;
    }
    const json = last === undefined ? undefined : this.#json(last);
    if (json !== undefined) this.#notify("rpc.message", `,"value":${json}`);
    if (!this.ended) this.#notify("rpc.end", "");
  }

  drain(): void {
    this.#owner.unblock(this);
  }

  /** Takes a message of the answer, the params of a notification. False: wait for `drain` before the next. */
  hear({ value, headers }: { readonly value?: unknown; readonly headers?: unknown }): boolean {
    this.#hearFields(headers);
    this.#streamed = true;
    return value === undefined || this.ended || this.reply.message(value) || this.ended;
  }

  /** Takes the response. A stream ends with a result of null, unless that is its last message. */
  respond({ result, error, headers, trailers }: Answer): void {
    if (error !== undefined && error !== null) {
      this.fail({ ...errorStatus(error), trailers: heardFields(trailers) });
      return;
    }
    if (result === undefined) {
      this.fail(failure("internal", `The answer to ${this.request.path} has neither "result" nor "error".`));
      return;
    }
    this.#hearFields(headers);
    const last = this.#streamed && result === null ? undefined : result;
    this.#over({ code: "ok", message: "", details: [], trailers: heardFields(trailers) }, last);
  }

  /** The answer will not come, or says that the call failed. */
  fail(status: Status): void {
    this.#over(status);
  }

  #hearFields(headers: unknown): void {
    if (!this.#answered && !this.ended && headers !== undefined) this.reply.head(heardFields(headers));
    this.#answered = true;
  }

  #over(status: Status, last?: Body): void {
    if (this.ended) return;
    this.ended = true;
    this.reply.end(status, last);
  }

  /** Sends what opens the call, with its first message if there is one. */
  #open(body: Body, more: boolean): boolean {
    const json = body === undefined ? undefined : this.#json(body);
    if (this.ended) return true;
    this.opened = true;
    const { fields, timeoutMs } = this.request;
    let text = `{"jsonrpc":"2.0","id":${this.id}${methodOf(this.request)}`;
    if (json !== undefined) text += `,"params":${paramsJson(json, this.request)}`;
    if (timeoutMs !== undefined && Number.isFinite(timeoutMs)) text += `,"timeout_ms":${timeoutMs}`;
    if (fields !== NO_FIELDS) text += `,"headers":${fieldsJson(fields)}`;
    return this.#owner.put(this, more ? `${text},"more":true}` : `${text}}`);
  }

  #notify(method: string, members: string): boolean {
    return this.#owner.put(this, `{"jsonrpc":"2.0","method":"${method}","params":{"id":${this.id}${members}}}`);
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
    const { path } = this.request;
    this.reply.end(failure("invalid_argument", `The input of ${path} cannot be written as JSON: ${reason}.`));
    if (!this.ended) this.end(failure("canceled", "The input cannot be written."));
    return undefined;
  }
}

/** Header fields of an answer; what a server of another make means by these words is left alone. */
function heardFields(headers: unknown): Fields {
  return headers === undefined ? NO_FIELDS : (fieldsIn(headers) ?? NO_FIELDS);
}

/** How a call of a head names its method; worked out once a head. */
function methodOf(head: CallHead): string {
  if (head.memo !== undefined && head.memo.owner === methodOf) return head.memo.value as string; // only this function owns such memos
  const value = `,"method":${JSON.stringify(head.path.replaceAll("/", "."))}`;
  head.memo = { owner: methodOf, value };
  return value;
}
