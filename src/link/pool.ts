import type { CallHead, Dispatch, Sink } from "../call/sink.js";
import { Channel, type Target } from "./channel.js";
import { Lease } from "./lease.js";
import { NOBODY, statusOf } from "./status-of.js";
import { WaitingCall } from "./waiting-call.js";

/** Connections of ended streams that are kept for the next. */
const KEPT_FOR_STREAMS = 4;
/** Connections that calls share, at the most, where servers take so many calls on each. */
const MOST_SHARED = 64;

/**
 * The connections of a client. Where calls share connections, each goes to the one with the fewest open. Where streams cannot share (a slow reader holds up
 * its whole connection), each has one to itself, so that a loop over a stream may make other calls. Where no calls can, each call takes a free connection, and
 * waits for one when all are busy.
 */
export class Pool {
  readonly #target: Target;
  readonly #size: number;
  readonly #channels: Channel[];
  readonly #idle: Channel[] = [];
  readonly #busy: Set<Channel> = new Set();
  /** Calls that wait for a connection. */
  #queue: WaitingCall[] = [];
  /** How many calls the server takes on a connection at once, as far as it is known. */
  #capacity = Number.POSITIVE_INFINITY;
  #closed = false;

  /** `size` connections at the most carry calls that share them, or calls that do not; streams beside them have as many as there are streams. */
  constructor(target: Target, size: number) {
    this.#target = { ...target, session: { ...target.session, again: this.#again } };
    this.#size = size;
    const { shares } = target.wire;
    this.#channels = Array.from({ length: shares === "none" ? 1 : size }, () => new Channel(this.#target));
  }

  readonly dispatch: Dispatch = (head: CallHead, reply: Sink): Sink => {
    const { shares } = this.#target.wire;
    if (shares === "none") return this.#oneByOne(head, reply);
    const { shape } = head;
    if (shares === "unary" && shape !== undefined && shape !== "unary") return this.#alone(this.#take(), head, reply);
    const best = this.#best();
    const channel = this.#channels[best];
    if (channel === undefined) return NOBODY;
    if (channel.connected) return channel.dispatch(head, reply);
    const ready = (this.#channels[best] = this.#idle.pop() ?? channel);
    return ready.dispatch(head, reply);
  };

  /**
   * Makes a call again that its server has not looked at, where a new one would go. In a turn of its own, since a goodbye may follow a refusal in
   * what has come.
   */
  readonly #again: Dispatch = (head: CallHead, reply: Sink): Sink => {
    const call = new WaitingCall(head, reply, () => {});
    setImmediate(() => {
      if (!call.over) call.go(this.dispatch);
    });
    return call;
  };

  /** Closes all connections; open calls end as `canceled`. */
  async close(): Promise<void> {
    this.#closed = true;
    const queue = this.#queue;
    this.#queue = [];
    const channels = [...this.#channels, ...this.#idle, ...this.#busy];
    const closing = Promise.all(channels.map((channel) => channel.close()));
    const status = statusOf("canceled", `The client of ${this.#target.url} was closed.`);
    for (const call of queue) if (!call.over) call.fail(status);
    await closing;
  }

  /** The place of the connection with the fewest open calls. Where all have as many as their server takes, there is one more. */
  #best(): number {
    let best = -1;
    let fewest = Number.POSITIVE_INFINITY;
    this.#channels.forEach((channel, i) => {
      const { open, capacity } = channel;
      if (capacity !== undefined) this.#capacity = capacity;
      // Until a new connection has heard what its server takes, it is what others have heard.
      if (open >= fewest || open >= (capacity ?? this.#capacity)) return;
      best = i;
      fewest = open;
    });
    if (best >= 0) return best;
    return this.#channels.length < MOST_SHARED ? this.#channels.push(new Channel(this.#target)) - 1 : 0;
  }

  #oneByOne(head: CallHead, reply: Sink): Sink {
    // Any of them says that the client is closed.
    if (this.#closed) return this.#channels[0]?.dispatch(head, reply) ?? NOBODY;
    const free = this.#idle.pop();
    if (free !== undefined) return this.#alone(free, head, reply);
    if (this.#busy.size < this.#size) return this.#alone(new Channel(this.#target), head, reply);
    const call = new WaitingCall(head, reply, () => {
      this.#queue = this.#queue.filter(({ over }) => !over);
    });
    this.#queue.push(call);
    return call;
  }

  /** Makes a call on a connection that no other call uses meanwhile. */
  #alone(channel: Channel, head: CallHead, reply: Sink): Sink {
    this.#busy.add(channel);
    const lease = new Lease(reply, channel, this.#returned);
    lease.request = channel.dispatch(head, lease);
    return lease.requestSink;
  }

  /** A connection without calls, which nobody else will use meanwhile: a server that serves one at a time would not read a second. */
  #take(): Channel {
    const [first] = this.#channels;
    if (this.#closed && first !== undefined) return first;
    const i = this.#channels.findIndex(({ open, connected }) => open === 0 && connected);
    const free = this.#channels[i] ?? this.#idle.pop() ?? new Channel(this.#target);
    if (i >= 0) this.#channels[i] = new Channel(this.#target);
    return free;
  }

  readonly #returned = (channel: Channel): void => {
    if (!this.#busy.delete(channel) || this.#closed) return;
    channel.rest();
    const call = this.#queue.shift();
    if (call !== undefined) {
      call.go((head, reply) => this.#alone(channel, head, reply));
      return;
    }
    const kept = this.#target.wire.shares === "none" ? this.#size : KEPT_FOR_STREAMS;
    if (this.#idle.length < kept) this.#idle.push(channel);
    else void channel.close();
  };
}
