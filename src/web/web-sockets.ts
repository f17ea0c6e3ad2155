import type { CallHead, Dispatch, Sink } from "../call/sink.js";
import { Lease } from "../link/lease.js";
import { WebSocketChannel, type WebSocketTarget } from "./web-socket-channel.js";

/** WebSockets of ended streams that are kept for the next. */
const KEPT_FOR_STREAMS = 4;

/**
 * The WebSockets of a client: one for all its unary calls, and one for each stream that is open, since a slow reader holds up everything
 * behind it on the same connection.
 */
export class WebSockets {
  readonly #target: WebSocketTarget;
  readonly #shared: WebSocketChannel;
  readonly #idle: WebSocketChannel[] = [];
  readonly #busy: Set<WebSocketChannel> = new Set();
  #closed = false;

  constructor(target: WebSocketTarget) {
    this.#target = target;
    this.#shared = new WebSocketChannel(target);
  }

  readonly dispatch: Dispatch = (head: CallHead, reply: Sink): Sink => {
    if (this.#closed || head.shape === undefined || head.shape === "unary") return this.#shared.dispatch(head, reply);
    const channel = this.#idle.pop() ?? new WebSocketChannel(this.#target);
    this.#busy.add(channel);
    const lease = new Lease(reply, channel, this.#returned);
    lease.request = channel.dispatch(head, lease);
    return lease.requestSink;
  };

  /** Closes all of them; open calls end as `canceled`. */
  close(): void {
    this.#closed = true;
    for (const channel of [this.#shared, ...this.#idle, ...this.#busy]) channel.close();
  }

  readonly #returned = (channel: WebSocketChannel): void => {
    if (!this.#busy.delete(channel) || this.#closed) return;
    if (this.#idle.length < KEPT_FOR_STREAMS) this.#idle.push(channel);
    else channel.close();
  };
}
