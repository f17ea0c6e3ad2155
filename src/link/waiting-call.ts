import type { Fields } from "../call/fields.js";
import type { Body, CallHead, Dispatch, Sink } from "../call/sink.js";
import type { Status } from "../call/status.js";
import { NOBODY } from "./status-of.js";

/** A call made while there is no connection: what its caller says is kept until there is one. */
export class WaitingCall implements Sink {
  readonly request: CallHead;
  readonly #reply: Sink;
  readonly #givenUp: () => void;
  #target: Sink | undefined = undefined;
  #head: Fields | undefined = undefined;
  #body: Body = undefined;
  #last: Body = undefined;
  #refused = false;
  /** How the caller ended its request, once it has. */
  #ended: Status | undefined = undefined;
  #over = false;

  /** `givenUp` is told when the caller ends the call while it waits. */
  constructor(head: CallHead, reply: Sink, givenUp: () => void) {
    this.request = head;
    this.#reply = reply;
    this.#givenUp = givenUp;
  }

  /** The caller has given up, or has been told that there is no connection. */
  get over(): boolean {
    return this.#over;
  }

  /** There is a connection: the call is made on it. */
  go(dispatch: Dispatch): void {
    const target = dispatch(this.request, this.#reply);
    this.#target = target;
    if (this.#head !== undefined) target.head(this.#head);
    // A target that has no room for more says itself when it has.
    if (this.#body !== undefined && !target.message(this.#body)) this.#refused = false;
    if (this.#ended !== undefined) target.end(this.#ended, this.#last);
    else if (this.#refused) this.#reply.drain();
    this.#body = this.#last = undefined;
  }

  /** There will be no connection. */
  fail(status: Status): void {
    this.#over = true;
    this.#target = NOBODY;
    this.#reply.end(status);
  }

  head(fields: Fields): void {
    if (this.#target !== undefined) this.#target.head(fields);
    else this.#head = fields;
  }

  message(body: Body): boolean {
    if (this.#target !== undefined) return this.#target.message(body);
    // Bytes are lent; and one message is all that is kept, so the caller waits after it.
    this.#body = body instanceof Uint8Array ? new Uint8Array(body) : body;
    this.#refused = true;
    return false;
  }

  end(status: Status, last?: Body): void {
    if (this.#target !== undefined) this.#target.end(status, last);
    else if (status.code !== "ok") {
      this.#over = true;
      this.#target = NOBODY;
      this.#givenUp();
    } else {
      this.#ended = status;
      if (last !== undefined) this.#last = last instanceof Uint8Array ? new Uint8Array(last) : last;
    }
  }

  drain(): void {
    this.#target?.drain();
  }
}
