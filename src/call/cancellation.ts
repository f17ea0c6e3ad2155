import { errorOf } from "./rpc-error.js";
import type { Status } from "./status.js";

/** Something that can be ended before its time, with a status that says why. */
export interface Cancelable {
  cancel(status: Status): void;
}

/** The cancellation of one call, spread to whatever was started for it. Makes an AbortSignal only for those who ask for one. */
export class Cancellation implements Cancelable {
  /** Why it was cancelled, once it has been. */
  status: Status | undefined = undefined;
  #listeners: Set<Cancelable> | undefined;
  #controller: AbortController | undefined;

  /** Aborts when the call is cancelled; its reason is an RpcError. The first read makes it (some 3 µs). */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.status !== undefined) this.#controller.abort(errorOf(this.status));
    }
    return this.#controller.signal;
  }

  /** Cancels it and everything added; the first time counts. */
  cancel(status: Status): void {
    if (this.status !== undefined) return;
    this.status = status;
    const listeners = this.#listeners;
    this.#listeners = undefined;
    if (listeners !== undefined) for (const listener of listeners) listener.cancel(status);
    this.#controller?.abort(errorOf(status));
  }

  /** Ties a thing to this cancellation until `remove`; where that has happened already, the thing is cancelled at once. */
  add(listener: Cancelable): void {
    if (this.status === undefined) (this.#listeners ??= new Set()).add(listener);
    else listener.cancel(this.status);
  }

  /** Unties a thing that has ended by itself. */
  remove(listener: Cancelable): void {
    this.#listeners?.delete(listener);
  }
}
