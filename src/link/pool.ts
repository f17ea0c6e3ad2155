import type { Fields } from "../call/fields.js";
import type { Body, CallHead, Dispatch, Sink } from "../call/sink.js";
import type { Status } from "../call/status.js";
import { Channel, type Target } from "./channel.js";
import { NOBODY } from "./status-of.js";

/** Connections of ended streams that are kept for the next. */
const KEPT_FOR_STREAMS = 4;

/**
 * The connections of a client. Calls go to the connection with the fewest open. On a wire without flow control, a stream that is
 * read slowly holds up its whole connection, so each stream has one to itself: a loop over a stream may make other calls.
 */
export class Pool {
  readonly #target: Target;
  readonly #channels: Channel[];
  readonly #idle: Channel[] = [];
  readonly #streaming: Set<Channel> = new Set();
  #closed = false;

  /** `size` connections at the most carry calls of one message each way. */
  constructor(target: Target, size: number) {
    this.#target = target;
    this.#channels = Array.from({ length: size }, () => new Channel(target));
  }

  readonly dispatch: Dispatch = (head: CallHead, reply: Sink): Sink => {
    const { shape } = head;
    if (shape !== undefined && shape !== "unary" && this.#target.wire.shares !== "all")
      return this.#stream(head, reply);
    let best = 0;
    this.#channels.forEach((channel, i) => {
      if (channel.open < (this.#channels[best]?.open ?? 0)) best = i;
    });
    const channel = this.#channels[best];
    if (channel === undefined) return NOBODY;
    if (channel.connected) return channel.dispatch(head, reply);
    const ready = (this.#channels[best] = this.#idle.pop() ?? channel);
    return ready.dispatch(head, reply);
  };

  /** Closes all connections; open calls end as `canceled`. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#channels, ...this.#idle, ...this.#streaming].map((channel) => channel.close()));
  }

  #stream(head: CallHead, reply: Sink): Sink {
    const channel = this.#closed ? this.#channels[0] : this.#take();
    if (channel === undefined) return NOBODY;
    this.#streaming.add(channel);
    const lease = new Lease(reply, () => this.#returned(channel));
    lease.request = channel.dispatch(head, lease);
    return lease.requestSink;
  }

  /** A connection without calls, which nobody else will use meanwhile: a server that serves one at a time would not read a second. */
  #take(): Channel {
    const i = this.#channels.findIndex(({ open, connected }) => open === 0 && connected);
    const free = this.#channels[i] ?? this.#idle.pop() ?? new Channel(this.#target);
    if (i >= 0) this.#channels[i] = new Channel(this.#target);
    return free;
  }

  #returned(channel: Channel): void {
    if (!this.#streaming.delete(channel) || this.#closed) return;
    if (this.#idle.length < KEPT_FOR_STREAMS) this.#idle.push(channel);
    else void channel.close();
  }
}

/** Watches a stream's both directions for its end, to give its connection back. */
class Lease implements Sink {
  request: Sink = NOBODY;
  readonly #reply: Sink;
  readonly #returned: () => void;

  constructor(reply: Sink, returned: () => void) {
    this.#reply = reply;
    this.#returned = returned;
  }

  /** What the caller writes to. */
  readonly requestSink: Sink = {
    head: (fields) => this.request.head(fields),
    message: (body) => this.request.message(body),
    end: (status, last) => {
      this.request.end(status, last);
      if (status.code !== "ok") this.#returned();
    },
    drain: () => this.request.drain(),
  };

  head(fields: Fields): void {
    this.#reply.head(fields);
  }

  message(body: Body): boolean {
    return this.#reply.message(body);
  }

  end(status: Status, last?: Body): void {
    this.#returned();
    this.#reply.end(status, last);
  }

  drain(): void {
    this.#reply.drain();
  }
}
