import { startDeadline, type Timer } from "../call/deadline.js";
import { type CallHead, DEAF, type Dispatch, type Sink } from "../call/sink.js";
import { failure } from "../call/status.js";
import { WaitingCall } from "../link/waiting-call.js";
import type { CallEvent } from "./call-events.js";
import { CallSender } from "./call-sender.js";
import type { FromWorker, Worker } from "./worker.js";

/** A worker is given as many calls in advance as are likely to keep it for so many milliseconds. */
const AHEAD_MS = 0.5;
const MOST_AHEAD = 64;
/** Of calls that take less, the next one waits at the worker, so that neither waits for the other to wake up; a longer call has it to itself. */
const SHORT_MS = 5;
/** Methods whose cost is known; others count as long calls. */
const COSTS_KEPT = 4096;

interface Member {
  readonly sender: CallSender;
  leaving: boolean;
}

/** A call that waits for a worker; its caller's time runs. */
interface Queued {
  readonly call: WaitingCall;
  readonly deadline: number | undefined;
  readonly timer: Timer | undefined;
}

/** Gives each call to a worker that is free, and lets the others wait. A Dispatch made of many. */
export class CallPool {
  readonly #members: Map<Worker, Member> = new Map();
  /** Milliseconds that a call of a method keeps its worker from all others, by path, as workers tell. */
  readonly #costs: Map<string, number> = new Map();
  #queue: Queued[] = [];
  #first = 0;
  #ids = 0;
  #heads = 0;
  #refused: string | undefined = undefined;

  /** A worker is there. */
  joined(worker: Worker): void {
    const post = (batch: CallEvent[]): void => {
      try {
        worker.post({ kind: "call", batch });
      } catch {
        // Something in it cannot be cloned: one by one, so that only its own call suffers.
        for (const event of batch) this.#postOne(worker, member, event);
      }
    };
    const member: Member = { sender: new CallSender(post), leaving: false };
    this.#members.set(worker, member);
    this.#next();
  }

  /** A worker takes no more calls; those that it has are lost if it is gone. */
  left(worker: Worker, gone: boolean): void {
    const member = this.#members.get(worker);
    if (member === undefined) return;
    member.leaving = true;
    if (!gone) return;
    this.#members.delete(worker);
    member.sender.lost(failure("unavailable", `The worker that answered (${worker.name}) has died: call again.`));
  }

  /** Takes a message of a worker. */
  hear(worker: Worker, message: FromWorker & { readonly kind: "call" }): void {
    const member = this.#members.get(worker);
    if (member === undefined) return;
    const batch = message.batch as readonly CallEvent[]; // call-receiver.ts sends nothing else
    for (const event of batch)
      if (event[0] === "cost" && (this.#costs.size < COSTS_KEPT || this.#costs.has(event[1])))
        this.#costs.set(event[1], event[2]);
    member.sender.hear(batch, message.taken);
    this.#next();
  }

  readonly dispatch: Dispatch = (head: CallHead, reply: Sink): Sink => {
    if (this.#refused !== undefined) {
      reply.end(failure("unavailable", this.#refused));
      return DEAF;
    }
    const { timeoutMs, path } = head;
    const deadline = timeoutMs === undefined ? undefined : Date.now() + timeoutMs;
    const member = this.#first === this.#queue.length ? this.#free(path) : undefined;
    if (member !== undefined) return this.#start(member, { head, reply, deadline });
    let timer: Timer | undefined;
    const call = new WaitingCall(head, reply, () => timer?.clear());
    if (timeoutMs !== undefined) timer = startDeadline({ cancel: (status) => call.fail(status) }, timeoutMs, path);
    this.#queue.push({ call, deadline, timer });
    return call;
  };

  /** Ends the calls that wait, and those that come from now on, as unavailable. */
  refuse(reason: string): void {
    this.#refused = reason;
    const queue = this.#queue.slice(this.#first);
    this.#queue = [];
    this.#first = 0;
    for (const { call, timer } of queue) {
      timer?.clear();
      if (!call.over) call.fail(failure("unavailable", reason));
    }
  }

  /** Gives waiting calls to workers that have become free, the oldest first. */
  #next(): void {
    while (this.#first < this.#queue.length) {
      const queued = this.#queue[this.#first];
      if (queued === undefined) return;
      const { call, deadline, timer } = queued;
      const member = call.over ? undefined : this.#free(call.request.path);
      if (member === undefined && !call.over) return;
      this.#first += 1;
      if (this.#first === this.#queue.length) this.#queue.length = this.#first = 0;
      else if (this.#first > 1024 && this.#first * 2 > this.#queue.length) {
        this.#queue.splice(0, this.#first);
        this.#first = 0;
      }
      timer?.clear();
      if (member !== undefined) call.go((head, reply) => this.#start(member, { head, reply, deadline }));
    }
  }

  /** The worker with the least to do, if one has nothing ahead of the call, or so little that the call may wait behind it. */
  #free(path: string): Member | undefined {
    const cost = this.#cost(path);
    let best: Member | undefined;
    for (const member of this.#members.values()) {
      const { ahead, aheadMs, open } = member.sender;
      if (member.leaving || (ahead > 0 && !fits(ahead, aheadMs, cost))) continue;
      const than = best?.sender;
      if (than === undefined || ahead < than.ahead || (ahead === than.ahead && open < than.open)) best = member;
    }
    return best;
  }

  #cost(path: string): number {
    return this.#costs.get(path) ?? SHORT_MS;
  }

  #start(
    { sender }: Member,
    { head, reply, deadline }: { head: CallHead; reply: Sink; deadline: number | undefined },
  ): Sink {
    this.#ids += 1;
    const cost = this.#cost(head.path);
    return sender.start({ id: this.#ids, number: this.#numberOf(head), deadline, cost }, head, reply);
  }

  /** The number under which workers keep a head; 0 for one that will not come again. */
  #numberOf(head: CallHead): number {
    if (head.memo?.owner === this) return head.memo.value as number; // only this function writes memos that the pool owns
    if (head.fields.length > 0 || head.timeoutMs !== undefined || head.attachment !== undefined) return 0;
    this.#heads += 1;
    head.memo = { owner: this, value: this.#heads };
    return this.#heads;
  }

  #postOne(worker: Worker, { sender }: Member, event: CallEvent): void {
    try {
      worker.post({ kind: "call", batch: [event] });
    } catch (error) {
      const [kind, id] = event;
      if (kind === "cost") return;
      const status = failure("invalid_argument", `The input cannot be handed to a worker: ${String(error)}.`);
      sender.refuse(id, status);
    }
  }
}

/** Whether a call may wait behind those that a worker has not said to have begun. */
function fits(ahead: number, aheadMs: number, cost: number): boolean {
  return ahead === 1 ? aheadMs + cost < SHORT_MS : ahead < MOST_AHEAD && aheadMs + cost <= AHEAD_MS;
}
