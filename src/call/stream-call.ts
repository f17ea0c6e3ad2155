import type { Fields } from "./fields.js";
import { Inbox, type InboxOwner } from "./inbox.js";
import { iterate, leave, type MessageIterator } from "./iterate.js";
import { errorOf, RpcError } from "./rpc-error.js";
import { ServerCall } from "./server-call.js";
import type { Body, Sink } from "./sink.js";
import { failure, type Status } from "./status.js";

const OVER: Status = failure("canceled", "The call has been answered; nothing more of its input is read.");

/** A call with a stream in, out, or both. With a stream in, the method starts when the call is opened; else when its one message is whole. */
export class StreamCall extends ServerCall implements Sink, InboxOwner {
  #inbox: Inbox<unknown> | undefined = undefined;
  #heard = false;
  #inputOver = false;
  #output: MessageIterator | undefined = undefined;
  #wake: (() => void) | undefined = undefined;

  /** Opens the call: a method with a stream in starts here. */
  open(): void {
    this.watch();
    if (!this.#streamsIn) return;
    this.#inbox = new Inbox(this);
    this.input = this.#inbox;
    this.run();
  }

  /** What came as header fields is in the head already. */
  head(_fields: Fields): void {}

  message(body: Body): boolean {
    if (this.ended || this.#inputOver) return true;
    try {
      const input = this.read(body);
      if (this.#inbox !== undefined) return this.#inbox.push(input);
      if (this.#heard) this.refuseSecond();
      else this.input = input;
      this.#heard = true;
    } catch (error) {
      this.fail(error);
    }
    return true;
  }

  end(status: Status, last?: Body): void {
    if (status.code !== "ok") {
      this.abort(status);
      return;
    }
    if (last !== undefined) this.message(last);
    if (this.#inputOver || this.ended) return;
    this.#inputOver = true;
    if (this.#inbox !== undefined) this.#inbox.end();
    else if (this.#heard || this.#readNothing()) this.run();
  }

  drain(): void {
    this.#wake?.();
  }

  roomy(): void {
    if (!this.ended) this.reply.drain();
  }

  abandoned(): void {
    if (!this.ended) this.reply.drain();
  }

  protected override answer(output: unknown): void {
    const { ambient } = this.environment;
    const go = (): Promise<void> => (this.#streamsOut ? this.#stream(output) : this.#settle(output));
    // A generator's body runs where it is iterated, so that has to happen within the ambience too.
    const run = ambient === undefined ? go() : ambient.run(this, go);
    run.catch((error: unknown) => this.fail(error));
  }

  protected override close(reason?: Status): void {
    super.close(reason);
    // A stream that was cut must not look like one that came to its end.
    if (reason !== undefined || !this.#inputOver) this.#inbox?.end(errorOf(reason ?? OVER));
    this.#wake?.();
    this.#stopOutput();
  }

  get #streamsIn(): boolean {
    return this.method.shape === "clientStream" || this.method.shape === "bidi";
  }

  get #streamsOut(): boolean {
    return this.method.shape !== "clientStream";
  }

  async #settle(output: unknown): Promise<void> {
    const value = await output;
    if (this.ended) return;
    const body = this.codec.writeOutput(value);
    this.sendHead();
    this.finish(body);
  }

  async #stream(output: unknown): Promise<void> {
    const iterator = iterate(await output);
    if (iterator === undefined) {
      throw new RpcError(
        "internal",
        `Method ${this.method.path} streams: return an iterable or an async iterable, or write it as a generator.`,
      );
    }
    this.#output = iterator;
    if (this.ended) this.#stopOutput();
    while (!this.ended) {
      const next = iterator.next();
      // A synchronous iterator goes on without a promise.
      const step = "then" in next ? await next : next;
      if (this.ended) return;
      if (step.done === true) break;
      const body = this.codec.writeOutput(step.value);
      this.sendHead();
      if (!this.reply.message(body)) await this.#room();
    }
    if (this.ended) return;
    this.#output = undefined;
    this.sendHead();
    this.finish();
  }

  /** Takes it that no message came for the input, where the method can be called without; says whether it can. */
  #readNothing(): boolean {
    try {
      this.input = this.read(undefined);
      return true;
    } catch (error) {
      this.fail(error);
      return false;
    }
  }

  /** Waits until the far end has room, or the call has ended. */
  async #room(): Promise<void> {
    if (this.ended) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#wake = undefined;
  }

  /** Lets an output that nobody hears any more clean up after itself (`finally` in a generator). */
  #stopOutput(): void {
    const output = this.#output;
    this.#output = undefined;
    if (output !== undefined) leave(output, (error) => this.environment.report?.(error, this.method));
  }
}
