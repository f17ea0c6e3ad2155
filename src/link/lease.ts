import type { Fields } from "../call/fields.js";
import type { Body, Sink } from "../call/sink.js";
import type { Status } from "../call/status.js";
import { NOBODY } from "./status-of.js";

/** Watches both directions of a call for its end, to give back what it has to itself: a connection. */
export class Lease<T> implements Sink {
  /** Where the connection hears the request. */
  request: Sink = NOBODY;
  /** What the caller writes to. */
  readonly requestSink: Sink;
  readonly #reply: Sink;
  readonly #held: T;
  readonly #returned: (held: T) => void;

  /** `returned` is given what was `held` once the call has ended, before its caller is told; it may be given it more than once. */
  constructor(reply: Sink, held: T, returned: (held: T) => void) {
    this.#reply = reply;
    this.#held = held;
    this.#returned = returned;
    this.requestSink = new LeasedRequest(this);
  }

  head(fields: Fields, attachment?: Uint8Array): void {
    this.#reply.head(fields, attachment);
  }

  message(body: Body): boolean {
    return this.#reply.message(body);
  }

  end(status: Status, last?: Body): void {
    this.over();
    this.#reply.end(status, last);
  }

  drain(): void {
    this.#reply.drain();
  }

  /** The call has ended. */
  over(): void {
    this.#returned(this.#held);
  }
}

/** What a caller says, to its end. */
class LeasedRequest implements Sink {
  readonly #lease: Pick<Lease<unknown>, "request" | "over">;

  constructor(lease: Pick<Lease<unknown>, "request" | "over">) {
    this.#lease = lease;
  }

  head(fields: Fields): void {
    this.#lease.request.head(fields);
  }

  message(body: Body): boolean {
    return this.#lease.request.message(body);
  }

  end(status: Status, last?: Body): void {
    this.#lease.request.end(status, last);
    if (status.code !== "ok") this.#lease.over();
  }

  drain(): void {
    this.#lease.request.drain();
  }
}
