import type { CallHead, Sink } from "../call/sink.js";
import type { Status } from "../call/status.js";
import { type CallEvent, plainHead, sameOk } from "./call-events.js";
import { RemoteSink } from "./remote-sink.js";

/** Sends calls to one worker, a turn's events in one message, and passes its answers on. */
export class CallSender {
  readonly #post: (batch: CallEvent[]) => void;
  readonly #calls: Map<number, { readonly sink: RemoteSink; readonly head: CallHead }> = new Map();
  #batch: CallEvent[] = [];
  #scheduled = false;
  /** Numbers of heads that the worker has. */
  readonly #known: Set<number> = new Set();
  #unheard = 0;
  readonly #heard: () => void;

  /** `heard` is called after each message of the worker. */
  constructor(post: (batch: CallEvent[]) => void, heard: () => void) {
    this.#post = post;
    this.#heard = heard;
  }

  /** Calls that the worker has. */
  get open(): number {
    return this.#calls.size;
  }

  /** Calls that the worker has not begun, as far as it has said: while it is blocked, these wait behind the one that blocks it. */
  get unheard(): number {
    return this.#unheard;
  }

  /** Opens a call, under an id that it has to itself; `number` is its head's, 0 where the head is not worth keeping. */
  start(call: { readonly id: number; readonly number: number }, head: CallHead, reply: Sink): Sink {
    const { id, number } = call;
    const sink = new RemoteSink(id, reply, this.#send);
    this.#calls.set(id, { sink, head });
    this.#unheard += 1;
    this.#send(["open", id, number, this.#known.has(number) ? undefined : plainHead(head)]);
    if (number > 0) this.#known.add(number);
    return sink;
  }

  /** Takes a message of the worker, which has begun `taken` more calls. */
  hear(batch: readonly CallEvent[], taken: number): void {
    this.#unheard -= taken;
    for (const event of batch) {
      const call = this.#calls.get(event[1]);
      if (call === undefined) continue;
      if (event[0] === "out") call.head.out ??= event[2];
      else if (event[0] === "end") {
        this.#calls.delete(event[1]);
        call.sink.ended = true;
        call.sink.local.end(sameOk(event[2]), event[3]);
      } else call.sink.hear(event);
    }
    this.#heard();
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

  readonly #send = (event: CallEvent): void => {
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
