import { type CallHead, DEAF, type Dispatch } from "../call/sink.js";
import { failure } from "../call/status.js";
import { CallCosts } from "./call-costs.js";
import { type CallEvent, HEADS_KEPT, type PlainHead, sameOk } from "./call-events.js";
import { plainBody } from "./plain-body.js";
import { RemoteSink } from "./remote-sink.js";

/**
 * Answers, in a worker, the calls that a CallSender sends. Each message it hears is answered by one, which says how many calls it has begun
 * in all, so that the sender knows whether it is blocked.
 */
export class CallReceiver {
  readonly #dispatch: Dispatch;
  readonly #post: (batch: CallEvent[], taken: number) => void;
  readonly #calls: Map<number, { readonly reply: RemoteSink; readonly head: CallHead }> = new Map();
  readonly #heads: Map<number, CallHead> = new Map();
  /** Heads whose `out` the sender has been told. */
  readonly #named: WeakSet<CallHead> = new WeakSet();
  readonly #costs: CallCosts = new CallCosts();
  #batch: CallEvent[] = [];
  #scheduled = false;
  #taken = 0;
  readonly #emptied: (() => void)[] = [];

  constructor(dispatch: Dispatch, post: (batch: CallEvent[], taken: number) => void) {
    this.#dispatch = dispatch;
    this.#post = post;
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
  }

  #over(id: number): void {
    this.#calls.delete(id);
    if (this.#calls.size === 0) for (const resolve of this.#emptied.splice(0)) resolve();
  }

  /** Opens a call; returns its method's path. */
  #open([, id, number, given]: CallEvent & readonly ["open", ...unknown[]]): string | undefined {
    this.#taken += 1;
    const head = given === undefined ? this.#heads.get(number) : headOf(given);
    if (head === undefined) return undefined;
    if (number > 0 && given !== undefined) this.#keep(number, head);
    const reply = new RemoteSink({ id, path: head.path, plain: plainBody }, DEAF, this.#send);
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

  /** Keeps a head; the sender forgets the same. */
  #keep(number: number, head: CallHead): void {
    const [oldest] = this.#heads.size < HEADS_KEPT ? [] : this.#heads.keys();
    if (oldest !== undefined) this.#heads.delete(oldest);
    this.#heads.set(number, head);
  }

  readonly #send = (event: CallEvent): void => {
    if (event[0] === "cost") return;
    const [kind, id] = event;
    const head = this.#calls.get(id)?.head;
    // Nobody waits for what a call says that its caller has ended.
    if (head === undefined) return;
    if (!this.#named.has(head)) {
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
    batch.push(...this.#costs.over());
    this.#post(batch, this.#taken);
  };
}

function headOf({ deadline, ...head }: PlainHead): CallHead {
  const timeoutMs = deadline === undefined ? undefined : Math.max(0, deadline - Date.now());
  return { ...head, timeoutMs, out: undefined, memo: undefined };
}
