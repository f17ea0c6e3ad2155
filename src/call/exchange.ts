import type { CallOptions } from "../contract/call.js";
import type { Cancelable, Cancellation } from "./cancellation.js";
import { startDeadline, type Timer } from "./deadline.js";
import { type Fields, NO_FIELDS } from "./fields.js";
import { iterate, leave, type MessageIterator } from "./iterate.js";
import type { RemoteMethod } from "./remote.js";
import { RpcError } from "./rpc-error.js";
import { type Body, DEAF, type Dispatch, type Sink } from "./sink.js";
import { type CallHead } from "./sink.js";
import { failure, OK, type Status } from "./status.js";

/** One call at the client: the sink that hears its answer, and the sending of its request. */
export abstract class Exchange implements Sink, Cancelable {
  protected readonly method: RemoteMethod;
  protected readonly options: CallOptions | undefined;
  protected ended: boolean = false;
  #request: Sink = DEAF;
  #timer: Timer | undefined = undefined;
  #parent: Cancellation | undefined = undefined;
  #onAbort: (() => void) | undefined = undefined;
  #wake: (() => void) | undefined = undefined;
  #input: MessageIterator | undefined = undefined;

  constructor(method: RemoteMethod, options: CallOptions | undefined) {
    this.method = method;
    this.options = options;
  }

  abstract message(body: Body): boolean;

  /** Hears the end, once. */
  protected abstract settle(status: Status): void;

  head(fields: Fields, attachment?: Uint8Array): void {
    const { options } = this;
    if (this.ended || options === undefined) return;
    try {
      if (attachment !== undefined) options.onAttachment?.(attachment);
      options.onHeader?.(new Headers(fields as [string, string][])); // Headers takes pairs, declared writable
    } catch (error) {
      this.#failed(error, "headers could not be taken");
    }
  }

  end(status: Status, last?: Body): void {
    if (this.ended) return;
    if (last !== undefined) this.message(last);
    // A last message that cannot be read has ended the call already.
    if (!this.ended) this.#close(this.#known(status));
  }

  drain(): void {
    this.#wake?.();
  }

  /** Ends the call from this side: the server is told, and the caller hears `status`. */
  cancel(status: Status): void {
    if (this.ended) return;
    const request = this.#request;
    this.#close(status);
    request.end(status);
  }

  /** Opens the call and sends its input. `parent` is what the call's cancellation depends on, beside its own options. */
  protected open(
    dispatch: Dispatch,
    opening: { head: CallHead; input: unknown; parent?: Cancellation | undefined },
  ): void {
    const { head, input, parent } = opening;
    if (this.#stopped(head, parent)) return;
    if (head.attachment !== undefined && head.attachable !== true) {
      const { path } = this.method.info;
      this.cancel(failure("unimplemented", `Call ${path} has an attachment, which this wire cannot carry: use baidu.`));
      return;
    }
    const request = dispatch(head, this);
    if (this.ended) {
      // The answer, or a cancellation, came before there was a request to end.
      if (this.#canceled !== undefined) request.end(this.#canceled);
      return;
    }
    this.#request = request;
    const { shape } = this.method.info;
    if (shape === "clientStream" || shape === "bidi") {
      // The first message may be long in coming, or wait for the server to speak.
      request.head(NO_FIELDS);
      this.#sendAll(input).catch((error: unknown) => this.#inputFailed(error));
    } else this.#sendOne(input);
  }

  /** The reader has room again. */
  protected resume(): void {
    this.#request.drain();
  }

  /** Why the caller, or the call around this one, wants no more of it; also told of a call that has ended. */
  protected unwanted(): Status | undefined {
    const signal = this.options?.signal;
    return signal?.aborted === true ? abortStatus(signal, this.method.info.path) : this.#parent?.status;
  }

  #canceled: Status | undefined = undefined;

  /** Ties the call to what can end it, and says whether that has happened already. */
  #stopped(head: CallHead, parent: Cancellation | undefined): boolean {
    const { path } = this.method.info;
    if (head.timeoutMs !== undefined) {
      if (head.timeoutMs <= 0) {
        this.cancel(failure("deadline_exceeded", `Call ${path} had no time left when it was made.`));
        return true;
      }
      this.#timer = startDeadline(this, head.timeoutMs, path);
    }
    const signal = this.options?.signal;
    if (signal !== undefined) {
      const onAbort = (): void => this.cancel(abortStatus(signal, path));
      this.#onAbort = onAbort;
      signal.addEventListener("abort", onAbort, { once: true });
      if (signal.aborted) onAbort();
    }
    if (parent !== undefined && !this.ended) {
      this.#parent = parent;
      parent.add(this);
    }
    return this.ended;
  }

  #sendOne(input: unknown): void {
    try {
      this.#request.end(OK, this.method.codec.writeInput(input));
    } catch (error) {
      this.#inputFailed(error);
    }
  }

  async #sendAll(messages: unknown): Promise<void> {
    const input = iterate(messages);
    if (input === undefined)
      throw new TypeError(`${this.method.info.path} takes a stream: give it an iterable or an async iterable.`);
    this.#input = input;
    while (!this.ended) {
      let step: IteratorResult<unknown>;
      try {
        step = await input.next();
      } catch (error) {
        // It has ended by itself, so there is nothing to leave.
        this.#input = undefined;
        throw error;
      }
      if (this.ended) return;
      if (step.done === true) {
        this.#input = undefined;
        this.#request.end(OK);
        return;
      }
      if (!this.#request.message(this.method.codec.writeInput(step.value)) && !this.ended) await this.#room();
    }
  }

  async #room(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#wake = undefined;
  }

  #inputFailed(error: unknown): void {
    this.#failed(error, "input could not be sent");
  }

  /** Something of the caller's own threw: the call is over, and the caller gets back what it threw. */
  #failed(error: unknown, what: string): void {
    if (this.ended) return;
    const reason = error instanceof Error ? error.message : String(error);
    this.failure = error;
    this.cancel(failure("canceled", `The ${what} by the caller of ${this.method.info.path}: ${reason}`));
  }

  /** What the caller's own input or listener threw. */
  protected failure: unknown = undefined;

  /** Servers keep the deadline too. One that was first resets the call, which says no more than that it was cancelled. */
  #known(status: Status): Status {
    return status.code === "canceled" ? (this.#timer?.late() ?? status) : status;
  }

  #close(status: Status): void {
    this.ended = true;
    if (status.code !== "ok") this.#canceled = status;
    this.#timer?.clear();
    this.#parent?.remove(this);
    if (this.#onAbort !== undefined) this.options?.signal?.removeEventListener("abort", this.#onAbort);
    this.#wake?.();
    const input = this.#input;
    this.#input = undefined;
    // What a caller's input throws when it is no longer wanted is no part of the call.
    if (input !== undefined) leave(input, () => {});
    this.settle(this.#heardTrailers(status));
  }

  /** Tells the caller of trailers; what that throws is how the call ends. */
  #heardTrailers(status: Status): Status {
    if (status.trailers.length === 0 || this.options?.onTrailer === undefined) return status;
    try {
      this.options.onTrailer(new Headers(status.trailers as [string, string][])); // pairs, declared writable
      return status;
    } catch (error) {
      this.failure = error;
      return failure("canceled", `The trailers could not be taken by the caller of ${this.method.info.path}.`);
    }
  }
}

function abortStatus(signal: AbortSignal, path: string): Status {
  const reason: unknown = signal.reason;
  if (reason instanceof RpcError) return failure(reason.code, reason.message);
  const timedOut = reason instanceof Error && reason.name === "TimeoutError";
  return timedOut
    ? failure("deadline_exceeded", `Call ${path} was aborted by a timeout.`)
    : failure("canceled", `Call ${path} was cancelled by its caller.`);
}
