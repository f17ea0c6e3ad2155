import type { Body, Sink } from "../../call/sink.js";
import type { Status } from "../../call/status.js";

/** Hears the request of a call that the wire answers by itself: its one message is the list of arguments. */
export abstract class OneRequest implements Sink {
  #params: Body = undefined;

  head(): void {}

  message(body: Body): boolean {
    this.#params = body;
    return true;
  }

  end(status: Status, last: Body = this.#params): void {
    if (status.code === "ok") this.run(Array.isArray(last) ? last : []);
    else this.canceled(status);
  }

  drain(): void {}

  /** The request is whole. */
  protected abstract run(params: readonly unknown[]): void;

  /** The caller has given up; nothing is to be answered any more. */
  protected abstract canceled(status: Status): void;
}
