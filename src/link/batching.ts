import type { Body, CallHead, Dispatch, Sink } from "../call/sink.js";
import type { Status } from "../call/status.js";
import type { Batching } from "../wires/wire.js";
import type { Later } from "./later.js";

/** So many calls travel together at the most. */
const MOST_CALLS = 500;

/**
 * Lets the calls of one turn travel as one. Calls with headers or a deadline of their own travel alone, and so does a call that nobody joins.
 */
export function batching(dispatch: Dispatch, how: Later<Batching>): Dispatch {
  const batch = new Batch(dispatch, how);
  return (head, reply) => {
    const plain = head.fields.length === 0 && head.timeoutMs === undefined && (head.shape ?? "unary") === "unary";
    return plain ? new JoinedCall(batch, head, reply) : dispatch(head, reply);
  };
}

/** The calls of this turn. */
class Batch {
  readonly dispatch: Dispatch;
  readonly #how: Later<Batching>;
  #calls: JoinedCall[] = [];

  constructor(dispatch: Dispatch, how: Later<Batching>) {
    this.dispatch = dispatch;
    this.#how = how;
  }

  add(call: JoinedCall): void {
    this.#calls.push(call);
    if (this.#calls.length > 1) return;
    this.#how.load().then(this.#send, (error: unknown) => {
      const status: Status = { ...NONE, message: `The calls cannot be sent together: ${String(error)}` };
      for (const each of this.#calls.splice(0)) each.took(status, undefined);
    });
  }

  readonly #send = (how: Batching): void => {
    const calls = this.#calls.filter(({ over }) => !over);
    this.#calls = [];
    for (let at = 0; at < calls.length; at += MOST_CALLS) this.#together(how, calls.slice(at, at + MOST_CALLS));
  };

  #together(how: Batching, calls: readonly JoinedCall[]): void {
    const [first] = calls;
    if (first === undefined) return;
    if (calls.length === 1) first.alone(this.dispatch);
    else {
      const { opening } = first;
      const head: CallHead = { ...opening, path: how.path, positional: true, out: undefined, memo: undefined };
      const request = this.dispatch(head, new JoinedReply(calls, how));
      request.end(OK, how.join(calls.map(({ opening: { path, positional }, body }) => ({ path, positional, body }))));
    }
  }
}

/** Success; by its code alone, for whom the shared object means more. */
const OK: Status = { code: "ok", message: "", details: [], trailers: [] };

/** One call, from its making until its answer: it waits for the end of the turn. */
class JoinedCall implements Sink {
  readonly opening: CallHead;
  readonly reply: Sink;
  body: Body = undefined;
  /** Its caller has given it up, or has its answer. */
  over = false;
  readonly #batch: Batch;
  /** Where it goes by itself. */
  #own: Sink | undefined = undefined;

  constructor(batch: Batch, opening: CallHead, reply: Sink) {
    this.#batch = batch;
    this.opening = opening;
    this.reply = reply;
  }

  head(): void {}

  message(body: Body): boolean {
    this.body = body;
    return true;
  }

  end(status: Status, last?: Body): void {
    if (last !== undefined) this.body = last;
    if (status.code === "ok") this.#batch.add(this);
    else {
      this.over = true;
      this.#own?.end(status);
    }
  }

  drain(): void {
    this.#own?.drain();
  }

  /** Makes the call by itself. */
  alone(dispatch: Dispatch): void {
    this.#own = dispatch(this.opening, this.reply);
    this.#own.end(OK, this.body);
  }

  /** Takes what it came to. */
  took(status: Status, body: Body): void {
    if (this.over) return;
    this.over = true;
    this.reply.end(status, body);
  }
}

/** Hears the answer of many calls, and gives each its own. */
class JoinedReply implements Sink {
  readonly #calls: readonly JoinedCall[];
  readonly #how: Batching;
  #body: Body = undefined;

  constructor(calls: readonly JoinedCall[], how: Batching) {
    this.#calls = calls;
    this.#how = how;
  }

  head(): void {}

  message(body: Body): boolean {
    this.#body = body;
    return true;
  }

  end(status: Status, last?: Body): void {
    const results = status.code === "ok" ? this.#how.split(last ?? this.#body, this.#calls.length) : undefined;
    this.#calls.forEach((call, i) => {
      const result = results?.[i];
      if (result !== undefined) call.took(result.status, result.body);
      else if (status.code === "ok")
        call.took({ ...NONE, message: `${this.#how.path} did not answer this call.` }, undefined);
      else call.took(status, undefined);
    });
  }

  drain(): void {}
}

const NONE: Status = { code: "internal", message: "", details: [], trailers: [] };
