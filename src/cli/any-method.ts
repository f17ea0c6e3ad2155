import { connect, type ConnectOptions } from "../client.js";
import type { CallOptions, Shape } from "../contract/call.js";
import type { Client, Messages } from "../contract/infer.js";
import type { Method } from "../contract/method.js";
import type { Service } from "../contract/service.js";
import { UsageError } from "./usage-error.js";

/** How to reach one method of which nothing is known but its name. */
export interface MethodTarget {
  readonly url: string;
  /** As the user wrote it (`method`, `service.method`, `service/method`): it is sent like that, since servers other than callwire know one form only. */
  readonly method: string;
  readonly options: ConnectOptions;
}

/**
 * One method, callable in three ways. Its input goes out as it is: a server of plain functions takes an array for its arguments, one with
 * a contract takes it for the one input. Disposing it closes its connections. Calls throw a UsageError for an address that cannot be.
 */
export interface AnyMethod extends AsyncDisposable {
  /** One message each way. */
  unary(input: unknown, options?: CallOptions): Promise<unknown>;
  /** One message there, and any number back: right for a method with one answer too. */
  stream(input: unknown, options?: CallOptions): AsyncIterable<unknown>;
  /** Any number of messages each way. */
  bidi(inputs: Messages<unknown>, options?: CallOptions): AsyncIterable<unknown>;
}

/** Makes a client of a method that may be of any shape. Throws a UsageError for a URL that cannot be called. */
export function anyMethod(target: MethodTarget): AnyMethod {
  if (target.method === "") throw new UsageError("A method has a name, and this is empty: write it after the URL.");
  const unary = clientOf(target, "unary");
  const stream = clientOf(target, "serverStream");
  const bidi = clientOf(target, "bidi");
  const { method } = target;
  return {
    unary: (input, options) => orUsageError(() => known(unary[method])(input, options)),
    stream: (input, options) => orUsageError(() => known(stream[method])(input, options)),
    bidi: (inputs, options) => orUsageError(() => known(bidi[method])(inputs, options)),
    async [Symbol.asyncDispose]() {
      await Promise.all([unary, stream, bidi].map((client) => client[Symbol.asyncDispose]()));
    },
  };
}

type OneMethod<S extends Shape> = Service<Readonly<Record<string, Method<S>>>>;

function clientOf<S extends Shape>({ url, method, options }: MethodTarget, shape: S): Client<OneMethod<S>> {
  const service: OneMethod<S> = { name: "", methods: { [method]: { shape } } };
  return orUsageError(() => connect(service, url, options));
}

/** A client has every method of its contract. */
function known<F>(method: F | undefined): F {
  if (method === undefined) throw new Error("The client lacks the method that it was made for.");
  return method;
}

/** What cannot be called at all is the fault of whoever wrote the command. */
function orUsageError<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof TypeError ? new UsageError(error.message) : error;
  }
}
