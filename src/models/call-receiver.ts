import { type CallHead, DEAF, type Dispatch } from "../call/sink.js";
import { failure } from "../call/status.js";
import { CallCosts } from "./call-costs.js";
import { type CallEvent, HEADS_KEPT, type PlainHead, sameOk } from "./call-events.js";
import { RemoteSink } from "./remote-sink.js";

/** What a worker has done between two messages: so many calls begun, in so many microseconds. */
export interface Work {
  readonly taken: number;
  readonly micros: number;
}

/**
 * Answers, in a worker, the calls that a CallSender sends. Each message it hears is answered by one, which says how many calls it has taken,
 * so that the sender knows whether it is blocked.
 */
export class CallReceiver {
  readonly #dispatch: Dispatch;
  readonly #post: (batch: CallEvent[], work: Work) => void;
  readonly #calls: Map<number, { readonly reply: RemoteSink; readonly head: CallHead }> = new Map();
  readonly #heads: Map<number, CallHead> = new Map();
  /** Heads whose `out` the sender has been told. */
  readonly #named: WeakSet<CallHead> = new WeakSet();
  #batch: CallEvent[] = [];
  #scheduled = false;
  /** Calls begun since the last message, and when the first of them was. */
  #taken = 0;
  #since = 0;
  readonly #costs: CallCosts = new CallCosts();
  #taken = 0;
  readonly #emptied: (() => void)[] = [];

  constructor(dispatch: Dispatch, post: (batch: CallEvent[], work: Work) => void) {
    this.#dispatch = dispatch;
    this.#post = post;
  }

  /** Calls that have not ended. */
  get open(): number {
    return this.#calls.size;
  }

  /** Takes a message of the sender. */
  hear(batch: readonly CallEvent[]): void {
    this.#schedule();
    this.#costs.begin();
    for (const event of batch) {
      const path = event[0] === "open" ? this.#open(event) : this.#pass(event);
      if (path !== undefined) this.#costs.passed(path, event[0] === "end");
    }
  }

  /** Resolves when no call is open; those that still are after `graceMs`, where that is given, are ended. */
  async stop(graceMs?: number): Promise<void> {
    if (this.#calls.size > 0) {
      const timer = graceMs === undefined ? undefined : setTimeout(() => this.#cut("The server has stopped."), graceMs);
      await new Promise<void>((resolve) => {
        this.#emptied.push(resolve);
      });
      clearTimeout(timer);
    }
    this.#flush();
  }

  #cut(message: string): void {
    for (const { reply } of this.#calls.values()) {
      reply.local.end(failure("canceled", message));
      reply.end(failure("unavailable", message));
    }
    this.#calls.clear();
    this.#empty();
  }

  #over(id: number): void {
    this.#calls.delete(id);
    if (this.#calls.size === 0) this.#empty();
  }

  #empty(): void {
    for (const resolve of this.#emptied.splice(0)) resolve();
  }

  /** Opens a call; returns its method's path. */
  #open([, id, number, given]: CallEvent & readonly ["open", ...unknown[]]): string | undefined {
    this.#taken += 1;
    const head = given === undefined ? this.#heads.get(number) : headOf(given);
    if (head === undefined) return undefined;
    if (number > 0 && given !== undefined) this.#keep(number, head);
    const reply = new RemoteSink({ id, path: head.path }, DEAF, this.#send);
    this.#calls.set(id, { reply, head });
    reply.local = this.#dispatch(head, reply);
    return head.path;
  }

  /** Passes an event to its call; returns its method's path. */
  #pass(event: CallEvent): string | undefined {
    if (event[0] === "cost") return undefined;
    const call = this.#calls.get(event[1]);
    if (call === undefined) return undefined;
    if (event[0] !== "end") call.reply.hear(event);
    else {
      const status = sameOk(event[2]);
      if (status.code !== "ok") {
        this.#over(event[1]);
        call.reply.ended = true;
      }
      call.reply.local.end(status, event[3]);
    }
    return call.head.path;
  }

  /** Keeps a head; the sender's keep() forgets the same. */
  #keep(number: number, head: CallHead): void {
    if (this.#heads.size >= HEADS_KEPT)
      for (const oldest of this.#heads.keys()) {
        this.#heads.delete(oldest);
        break;
      }
    this.#heads.set(number, head);
  }

  readonly #send = (event: CallEvent): void => {
    if (event[0] === "cost") return;
    const [kind, id] = event;
    const head = this.#calls.get(id)?.head;
    if (head !== undefined && !this.#named.has(head)) {
      this.#named.add(head);
      this.#batch.push(["out", id, head.out]);
    }
    this.#batch.push(event);
    if (kind === "end") this.#over(id);
    this.#schedule();
  };

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(this.#later);
  }

  /** After the promises that are due, so that what their calls answer goes along. */
  readonly #later = (): void => {
    process.nextTick(this.#flush);
  };

  readonly #flush = (): void => {
    this.#scheduled = false;
    const batch = this.#batch;
    this.#batch = [];
    const work = { taken: this.#taken, micros: this.#taken === 0 ? 0 : (performance.now() - this.#since) * 1000 };
    this.#taken = 0;
    this.#post(batch, work);
  };
}
