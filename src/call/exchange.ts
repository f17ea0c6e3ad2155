import type { CallOptions } from "../contract/call.js";
import type { Messages } from "../contract/infer.js";
import type { Cancelable, Cancellation } from "./cancellation.js";
import { startDeadline, type Timer } from "./deadline.js";
import type { Fields } from "./fields.js";
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

  constructor(method: RemoteMethod, options: CallOptions | undefined) {
    this.method = method;
    this.options = options;
  }

  abstract message(body: Body): boolean;

  /** Hears the end, once. */
  protected abstract settle(status: Status): void;

  head(fields: Fields): void {
    this.options?.onHeader?.(new Headers(fields as [string, string][])); // Headers takes pairs, declared writable
  }

  end(status: Status, last?: Body): void {
    if (this.ended) return;
    if (last !== undefined) this.message(last);
    this.#close(status);
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
    const request = dispatch(head, this);
    if (this.ended) {
      // The answer, or a cancellation, came before there was a request to end.
      if (this.#canceled !== undefined) request.end(this.#canceled);
      return;
    }
    this.#request = request;
    const { shape } = this.method.info;
    if (shape === "clientStream" || shape === "bidi") {
      this.#sendAll(input as Messages<unknown>).catch((error: unknown) => this.#inputFailed(error)); // typed by the contract
    } else this.#sendOne(input);
  }

  /** The reader has room again. */
  protected resume(): void {
    this.#request.drain();
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

  async #sendAll(messages: Messages<unknown>): Promise<void> {
    for await (const message of messages) {
      if (this.ended) return;
      if (!this.#request.message(this.method.codec.writeInput(message)) && !this.ended) await this.#room();
      if (this.ended) return;
    }
    if (!this.ended) this.#request.end(OK);
  }

  async #room(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#wake = undefined;
  }

  #inputFailed(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.failure = error;
    this.cancel(failure("canceled", `The input of ${this.method.info.path} could not be sent: ${reason}`));
  }

  /** What the caller's own input threw: the caller gets it back as it is. */
  protected failure: unknown = undefined;

  #close(status: Status): void {
    this.ended = true;
    if (status.code !== "ok") this.#canceled = status;
    this.#timer?.clear();
    this.#parent?.remove(this);
    if (this.#onAbort !== undefined) this.options?.signal?.removeEventListener("abort", this.#onAbort);
    this.#wake?.();
    if (status.trailers.length > 0) this.options?.onTrailer?.(new Headers(status.trailers as [string, string][])); // pairs
    this.settle(status);
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
