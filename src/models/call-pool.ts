import type { CallHead, Dispatch, Sink } from "../call/sink.js";
import { failure } from "../call/status.js";
import { WaitingCall } from "../link/waiting-call.js";
import type { CallEvent } from "./call-events.js";
import { CallSender } from "./call-sender.js";
import type { FromWorker, Worker } from "./worker.js";

/** Heads that workers are told of once; others travel with each call. */
const HEADS_KEPT = 1024;
/** A worker is given as many calls in advance as it is likely to answer in so many milliseconds. */
const AHEAD_MS = 0.5;
const MOST_AHEAD = 64;
/** Where calls take less than so many milliseconds, the next one waits at the worker, so that none waits for the other's wake-up. */
const SHORT_MS = 5;

interface Member {
  readonly sender: CallSender;
  /** How many calls may wait at the worker: few where calls keep it busy, many where they do not. */
  ahead: number;
}

/** Gives each call to a worker that is free, and lets the others wait. A Dispatch made of many. */
export class CallPool {
  readonly #members: Map<Worker, Member> = new Map();
  #queue: WaitingCall[] = [];
  #first = 0;
  #ids = 0;
  #heads = 0;

  /** A worker is there. */
  joined(worker: Worker): void {
    const post = (batch: CallEvent[]): void => {
      try {
        worker.post({ kind: "call", batch });
      } catch {
        // Something in it cannot be cloned (a function, a symbol): one by one, so that only its own call suffers.
        for (const event of batch) this.#postOne(worker, member, event);
      }
    };
    const member: Member = { sender: new CallSender(post, () => this.#next()), ahead: 1 };
    this.#members.set(worker, member);
    this.#next();
  }

  /** A worker takes no more calls; those that it has are lost if it is gone. */
  left(worker: Worker, gone: boolean): void {
    const member = this.#members.get(worker);
    if (member === undefined) return;
    if (gone) {
      this.#members.delete(worker);
      member.sender.lost(failure("unavailable", `The worker that answered (${worker.name}) has died: call again.`));
    } else member.ahead = 0;
  }

  /** Takes a message of a worker. */
  hear(worker: Worker, { batch, taken, micros }: FromWorker & { kind: "call" }): void {
    const member = this.#members.get(worker);
    if (member === undefined) return;
    if (taken > 0 && member.ahead > 0) {
      const each = micros / taken / 1000;
      const least = each < SHORT_MS ? 2 : 1;
      const fit = Math.max(least, Math.min(MOST_AHEAD, Math.floor(AHEAD_MS / Math.max(each, 0.001))));
      // Down at once, up step by step: a slow call must not find others queued behind it.
      member.ahead = Math.min(fit, member.ahead * 2);
    }
    member.sender.hear(batch as readonly CallEvent[], taken); // call-receiver.ts sends nothing else
  }

  readonly dispatch: Dispatch = (head: CallHead, reply: Sink): Sink => {
    const member = this.#first === this.#queue.length ? this.#free() : undefined;
    if (member !== undefined) return this.#start(member, head, reply);
    const call = new WaitingCall(head, reply);
    this.#queue.push(call);
    return call;
  };

  /** Ends the calls that wait. */
  stop(): void {
    const queue = this.#queue.slice(this.#first);
    this.#queue = [];
    this.#first = 0;
    for (const call of queue) if (!call.over) call.fail(failure("unavailable", "The server is shutting down."));
  }

  /** Gives waiting calls to workers that have become free. */
  #next(): void {
    while (this.#first < this.#queue.length) {
      const call = this.#queue[this.#first];
      const member = this.#free();
      if (member === undefined || call === undefined) return;
      this.#first += 1;
      if (this.#first === this.#queue.length) this.#queue.length = this.#first = 0;
      if (!call.over) call.go((head, reply) => this.#start(member, head, reply));
    }
  }

  /** The worker with the fewest calls that it has not been heard to take. */
  #free(): Member | undefined {
    let best: Member | undefined;
    for (const member of this.#members.values()) {
      const { sender } = member;
      if (sender.unheard >= member.ahead) continue;
      const better = best === undefined || sender.unheard < best.sender.unheard;
      if (better || (sender.unheard === best?.sender.unheard && sender.open < best.sender.open)) best = member;
    }
    return best;
  }

  #start(member: Member, head: CallHead, reply: Sink): Sink {
    this.#ids += 1;
    return member.sender.start({ id: this.#ids, number: this.#numberOf(head) }, head, reply);
  }

  /** The number under which workers keep a head; 0 for one that will not come again. */
  #numberOf(head: CallHead): number {
    if (head.memo?.owner === this) return head.memo.value as number; // only this function writes memos that the pool owns
    if (head.fields.length > 0 || head.timeoutMs !== undefined || this.#heads >= HEADS_KEPT) return 0;
    this.#heads += 1;
    head.memo = { owner: this, value: this.#heads };
    return this.#heads;
  }

  #postOne(worker: Worker, member: Member, event: CallEvent): void {
    try {
      worker.post({ kind: "call", batch: [event] });
    } catch (error) {
      const status = failure("invalid_argument", `The input cannot be handed to a worker: ${String(error)}.`);
      member.sender.hear([["end", event[1], status, undefined]], event[0] === "open" ? 1 : 0);
    }
  }
}
