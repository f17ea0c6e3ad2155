import type { Call, MethodInfo, Peer } from "../contract/call.js";
import type { Ambient } from "./ambient.js";
import { type Cancelable, Cancellation } from "./cancellation.js";
import type { MethodCodec } from "./codec.js";
import { startDeadline, type Timer } from "./deadline.js";
import { NO_FIELDS, toFields } from "./fields.js";
import type { Route } from "./routes.js";
import { RpcError, statusOf } from "./rpc-error.js";
import type { Body, CallHead, Sink } from "./sink.js";
import { OK, type Status } from "./status.js";

/** What all calls of a server share. */
export interface ServerEnvironment {
  /** Keeps the current call for calls made inside methods; none: they find it only by `parent`. */
  readonly ambient?: Ambient | undefined;
  /** Lets callers read the message of errors that are no RpcError. */
  readonly exposeErrors?: boolean | undefined;
  /** The longest time that a caller may ask for, in milliseconds; also the limit of calls that name none. */
  readonly maxTimeoutMs?: number | undefined;
  /** Hears of errors that a method did not mean to throw. */
  readonly report?: ((error: unknown, method: MethodInfo) => void) | undefined;
}

/** What all calls of a head share: how it is answered. */
export interface Answering {
  readonly route: Route;
  readonly codec: MethodCodec;
  readonly environment: ServerEnvironment;
}

/** One call at the server: what its method sees, and the way its answer goes. What is not asked for is not made. */
export abstract class ServerCall implements Call, Cancelable {
  readonly peer: Peer;
  readonly deadline: number | undefined;
  input: unknown = undefined;
  protected readonly route: Route;
  protected readonly codec: MethodCodec;
  protected readonly request: CallHead;
  protected readonly reply: Sink;
  protected readonly environment: ServerEnvironment;
  protected ended: boolean = false;
  #timeoutMs: number | undefined;
  #timer: Timer | undefined = undefined;
  #cancellation: Cancellation | undefined = undefined;
  /** Why the call was ended before its time. */
  #aborted: Status | undefined = undefined;
  #headers: Headers | undefined = undefined;
  #responseHeaders: Headers | undefined = undefined;
  #headSent = false;
  #responseTrailers: Headers | undefined = undefined;
  #responseAttachment: Uint8Array | undefined = undefined;

  constructor({ route, codec, environment }: Answering, head: CallHead, reply: Sink) {
    this.route = route;
    this.codec = codec;
    this.request = head;
    this.peer = head.peer;
    this.reply = reply;
    this.environment = environment;
    const { maxTimeoutMs } = environment;
    const asked = head.timeoutMs;
    this.#timeoutMs =
      maxTimeoutMs === undefined || (asked !== undefined && asked < maxTimeoutMs) ? asked : maxTimeoutMs;
    this.deadline = this.#timeoutMs === undefined ? undefined : Date.now() + this.#timeoutMs;
  }

  get method(): MethodInfo {
    return this.route.info;
  }

  get headers(): Headers {
    // Headers takes pairs; its own declaration wants them writable.
    return (this.#headers ??= new Headers(this.request.fields as [string, string][]));
  }

  get responseHeaders(): Headers {
    return (this.#responseHeaders ??= new Headers());
  }

  get responseTrailers(): Headers {
    return (this.#responseTrailers ??= new Headers());
  }

  get attachment(): Uint8Array | undefined {
    return this.request.attachment;
  }

  set attachment(bytes: Uint8Array | undefined) {
    if (this.request.attachable !== true)
      throw new RpcError(
        "unimplemented",
        `The answer of ${this.method.path} cannot have an attachment here: call it over baidu.`,
      );
    this.#responseAttachment = bytes;
  }

  get signal(): AbortSignal {
    return this.cancellation.signal;
  }

  /** The cancellation of this call, for calls made inside it to tie themselves to. */
  get cancellation(): Cancellation {
    if (this.#cancellation === undefined) {
      this.#cancellation = new Cancellation();
      // Who looks late learns of what has happened.
      if (this.#aborted !== undefined) this.#cancellation.cancel(this.#aborted);
    }
    return this.#cancellation;
  }

  timeoutMs(): number | undefined {
    return this.deadline === undefined ? undefined : Math.max(0, this.deadline - Date.now());
  }

  /** Ends the call from inside, with an error answer: the deadline has passed. */
  cancel(status: Status): void {
    if (this.ended) return;
    this.reply.end(status);
    this.abort(status);
  }

  /** Ends the call from outside: the caller cancelled, or is gone. Nothing is answered any more. */
  protected abort(status: Status): void {
    if (this.ended) return;
    this.#aborted = status;
    this.close(status);
    this.#cancellation?.cancel(status);
  }

  /** Runs the method, as the current call where there is an ambience; what it throws is the answer. */
  protected run(): void {
    if (this.#timeoutMs !== undefined && this.#timeoutMs <= 0) {
      this.fail(new RpcError("deadline_exceeded", `Call ${this.method.path} arrived after its deadline.`));
      return;
    }
    const { ambient } = this.environment;
    try {
      this.answer(ambient === undefined ? this.route.handler(this) : ambient.run(this, this.route.handler));
    } catch (error) {
      this.fail(error);
    }
  }

  /** Reads a message that came, or the absence of any; what cannot be read is the caller's mistake. */
  protected read(body: Body): unknown {
    // No arguments are what callers of JSON may mean; of protobuf even an empty message would have come.
    if (body === undefined && this.request.codec === "proto")
      throw new RpcError("unimplemented", `Method ${this.method.path} takes one message, and none came.`);
    try {
      return this.codec.readInput(body, this.request);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new RpcError("invalid_argument", `The input of ${this.method.path} cannot be read: ${reason}.`);
    }
  }

  /** Takes what the method returned. */
  protected abstract answer(output: unknown): void;

  /** Starts the clock of a call that goes on after this turn. */
  protected watch(): void {
    if (this.#timeoutMs === undefined || this.#timer !== undefined || this.ended) return;
    this.#timer = startDeadline(this, this.#timeoutMs, this.method.path);
  }

  /** A message came after the only one that the method takes. gRPC and Connect have a code for it (https://grpc.io/docs/guides/status-codes/). */
  protected refuseSecond(): void {
    const code = this.request.codec === "value" ? "invalid_argument" : "unimplemented";
    this.fail(new RpcError(code, `Method ${this.method.path} takes one message, and a second one came.`));
  }

  /** Sends what `responseHeaders` and `attachment` hold, if anybody touched them: the first time, before the first message or an error. */
  protected sendHead(): void {
    if (this.#headSent) return;
    this.#headSent = true;
    if (this.#responseHeaders === undefined && this.#responseAttachment === undefined) return;
    const fields = this.#responseHeaders === undefined ? NO_FIELDS : toFields(this.#responseHeaders);
    this.reply.head(fields, this.#responseAttachment);
  }

  /** Ends the answer: success, after the last message where there is one. */
  protected finish(last?: Body): void {
    this.close();
    this.reply.end(
      this.#responseTrailers === undefined ? OK : { ...OK, trailers: toFields(this.#responseTrailers) },
      last,
    );
  }

  /** Ends the answer with what the method threw. */
  protected fail(error: unknown): void {
    if (this.ended) return;
    this.close();
    if (!(error instanceof RpcError)) this.environment.report?.(error, this.method);
    this.sendHead();
    const status = statusOf(error, this.environment.exposeErrors);
    const trailers = this.#responseTrailers === undefined ? [] : toFields(this.#responseTrailers);
    this.reply.end(trailers.length === 0 ? status : { ...status, trailers: [...trailers, ...status.trailers] });
  }

  /** No more answers, and no clock. `reason` is given where the call was ended before its time. */
  protected close(_reason?: Status): void {
    this.ended = true;
    this.#timer?.clear();
  }
}
