import type { Fields } from "../call/fields.js";
import type { Body, Sink } from "../call/sink.js";
import type { Status } from "../call/status.js";
import { NOBODY } from "./status-of.js";

/** Watches both directions of a call for its end, to give back the connection that it has to itself. */
export class Lease implements Sink {
  /** Where the connection hears the request. */
  request: Sink = NOBODY;
  readonly #reply: Sink;
  readonly #returned: () => void;

  /** `returned` is told once the call has ended, before its caller is; it may be told more than once. */
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

  head(fields: Fields, attachment?: Uint8Array): void {
    this.#reply.head(fields, attachment);
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
