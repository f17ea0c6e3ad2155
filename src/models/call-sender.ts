import type { Body, CallHead, Sink } from "../call/sink.js";
import type { Status } from "../call/status.js";
import { type CallEvent, HEADS_KEPT, type PlainHead, sameOk } from "./call-events.js";
import { RemoteSink } from "./remote-sink.js";

/** A call as a worker is to know it. */
export interface Sending {
  /** Its own among all calls of the worker. */
  readonly id: number;
  /** The number of its head; 0 where the head will not come again. */
  readonly number: number;
  /** When the caller's time is up (ms since 1970). */
  readonly deadline: number | undefined;
  /** For how long it is likely to keep the worker, in ms. */
  readonly cost: number;
}

/** Sends calls to one worker, a turn's events in one message, and passes its answers on. */
export class CallSender {
  readonly #post: (batch: CallEvent[]) => void;
  readonly #calls: Map<number, { readonly sink: RemoteSink; readonly head: CallHead }> = new Map();
  #batch: CallEvent[] = [];
  #scheduled = false;
  /** Numbers of heads that the worker has. */
  readonly #known: Set<number> = new Set();
  /** What the calls cost that the worker has not taken yet, in order; before `#first`, those that it has. */
  readonly #costs: number[] = [];
  #first = 0;
  #taken = 0;
  #cost = 0;

  constructor(post: (batch: CallEvent[]) => void) {
    this.#post = post;
  }

  /** Calls that the worker has. */
  get open(): number {
    return this.#calls.size;
  }

  /** Calls that the worker has not said to have taken: while it is blocked, these wait behind the one that blocks it. */
  get ahead(): number {
    return this.#costs.length - this.#first;
  }

  /** For how long those are likely to keep it, in ms. */
  get aheadMs(): number {
    return this.#cost;
  }

  /** Opens a call. */
  start(call: Sending, head: CallHead, reply: Sink): Sink {
    const { id, number, cost } = call;
    const sink = new RemoteSink({ id, path: head.path, plain: kept }, reply, this.#send);
    this.#calls.set(id, { sink, head });
    this.#costs.push(cost);
    this.#cost += cost;
    const known = this.#known.has(number);
    this.#send(["open", id, number, known ? undefined : { ...plainOf(head), deadline: call.deadline }]);
    if (number > 0 && !known) keep(this.#known, number);
    return sink;
  }

  /** Takes a message of the worker, which has taken so many calls in all. */
  hear(batch: readonly CallEvent[], taken: number): void {
    this.#take(taken);
    for (const event of batch) {
      if (event[0] === "cost") continue;
      const call = this.#calls.get(event[1]);
      if (call === undefined) continue;
      if (event[0] === "out") call.head.out ??= event[2];
      else if (event[0] === "end") {
        this.#calls.delete(event[1]);
        call.sink.ended = true;
        call.sink.local.end(sameOk(event[2]), event[3]);
      } else call.sink.hear(event);
    }
  }

  /** A call cannot reach the worker: it ends, at both ends. */
  refuse(id: number, status: Status): void {
    const call = this.#calls.get(id);
    if (call === undefined) return;
    this.#send(["end", id, status, undefined]);
    call.sink.ended = true;
    call.sink.local.end(status);
  }

  /** The worker is gone: its calls end. */
  lost(status: Status): void {
    const calls = [...this.#calls.values()];
    this.#calls.clear();
    for (const { sink } of calls) {
      sink.ended = true;
      sink.local.end(status);
    }
  }

  #take(taken: number): void {
    for (; this.#taken < taken; this.#taken += 1) {
      this.#cost -= this.#costs[this.#first] ?? 0;
      this.#first += 1;
    }
    if (this.#first < this.#costs.length) return;
    this.#costs.length = this.#first = this.#cost = 0;
  }

  readonly #send = (event: CallEvent): void => {
    if (event[0] === "cost") return;
    // What is over at the worker hears nothing of its caller any more.
    if (!this.#calls.has(event[1])) return;
    if (event[0] === "end" && event[2].code !== "ok") this.#calls.delete(event[1]);
    this.#batch.push(event);
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(this.#flush);
  };

  readonly #flush = (): void => {
    this.#scheduled = false;
    const batch = this.#batch;
    this.#batch = [];
    this.#post(batch);
  };
}

/** What wires read is plain; but bytes are lent, and a view would take its whole buffer along. */
function kept(body: Body): Body {
  return body instanceof Uint8Array ? new Uint8Array(body) : body;
}

/** The part of a head that another thread can use. */
function plainOf(head: CallHead): Omit<PlainHead, "deadline"> {
  const { path, codec, fields, peer, positional, named, form, safe, shape, attachment, attachable } = head;
  return { path, codec, fields, peer, positional, named, form, safe, shape, attachment, attachable };
}

/** Keeps a number as the worker keeps its head: where there are too many, the oldest goes. */
function keep(known: Set<number>, number: number): void {
  const [oldest] = known.size < HEADS_KEPT ? [] : known;
  if (oldest !== undefined) known.delete(oldest);
  known.add(number);
}
