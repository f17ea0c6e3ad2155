import type { Fields } from "./fields.js";
import { ServerCall } from "./server-call.js";
import type { Body, Sink } from "./sink.js";
import { OK, type Status } from "./status.js";
import { isThenable } from "./thenable.js";

/** A call of one message each way, which is its own inbound sink. Where the method answers without a promise, it is over when `end` returns. */
export class UnaryCall extends ServerCall implements Sink {
  #heard = false;
  #started = false;

  /** What came as header fields is in the head already. */
  head(_fields: Fields): void {}

  message(body: Body): boolean {
    this.#take(body);
    // The end is still to come, and may take its time.
    this.watch();
    return true;
  }

  end(status: Status, last?: Body): void {
    if (status !== OK && status.code !== "ok") {
      this.abort(status);
      return;
    }
    if (last !== undefined) this.#take(last);
    else if (!this.#heard) this.#read(undefined);
    if (this.ended || this.#started) return;
    this.#started = true;
    this.run();
  }

  drain(): void {}

  protected override answer(output: unknown): void {
    if (output instanceof Promise || isThenable(output)) {
      this.watch();
      output.then(
        (value) => this.#settle(value),
        (error: unknown) => this.fail(error),
      );
    } else this.#settle(output);
  }

  #take(body: Body): void {
    if (this.#heard) this.refuseSecond();
    else this.#read(body);
  }

  #read(body: Body): void {
    this.#heard = true;
    try {
      this.input = this.read(body);
    } catch (error) {
      this.fail(error);
    }
  }

  #settle(value: unknown): void {
    if (this.ended) return;
    try {
      const body = this.codec.writeOutput(value);
      this.sendHead();
      this.finish(body);
    } catch (error) {
      this.fail(error);
    }
  }
}
