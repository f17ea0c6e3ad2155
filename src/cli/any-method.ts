import { destinationOf } from "../calling.js";
import { connect, type ConnectOptions, RpcError } from "../client.js";
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
 * One method, callable in three ways. An array is its list of arguments; on `frame` it goes out as it is, for a server of plain functions to take as
 * that, and for one with a contract to take as its one input. Disposing it closes its connections. Calls throw a UsageError for an address that cannot be.
 */
export interface AnyMethod extends AsyncDisposable {
  /** The wire carries one message each way, so `stream` would be refused. */
  readonly unaryOnly: boolean;
  /** Each connection carries one call at a time. */
  readonly separate: boolean;
  /** It takes a stream, where that is known. */
  readonly streamsIn?: boolean;
  /** One message each way. */
  unary(input: unknown, options?: CallOptions): Promise<unknown>;
  /** One message there, and any number back: right for a method with one answer too. */
  stream(input: unknown, options?: CallOptions): AsyncIterable<unknown>;
  /** Any number of messages each way. */
  bidi(inputs: Messages<unknown>, options?: CallOptions): AsyncIterable<unknown>;
  /** An answer as it is to be shown, where that is something else. */
  shown?(answer: unknown): unknown;
  /** A detail of an error as it is to be shown, where that is something else. */
  shownDetail?(detail: unknown): unknown;
}

/** Makes a client of a method that may be of any shape. Throws a UsageError for a URL that cannot be called. */
export function anyMethod(target: MethodTarget): AnyMethod {
  if (target.method === "") throw new UsageError("A method has a name, and this is empty: write it after the URL.");
  const { wire } = orUsageError(() => destinationOf(target.url));
  const clients: AsyncDisposable[] = [];
  let takesStreams = true;
  const methodOf = <S extends Shape>(shape: S, positional: boolean): Client<OneMethod<S>>[string] => {
    const client = clientOf(target, { shape, positional });
    clients.push(client);
    return known(client[target.method]);
  };
  /** The method for one message, and for one that is a list of arguments; each is made when it is first called. */
  const twice = <S extends Shape>(shape: S): ((input: unknown) => Client<OneMethod<S>>[string]) => {
    const made: Client<OneMethod<S>>[string][] = [];
    return (input) => {
      const positional = Array.isArray(input) && wire.name !== "frame";
      return (made[Number(positional)] ??= methodOf(shape, positional));
    };
  };
  const unary = twice("unary");
  const stream = twice("serverStream");
  const bidi = twice("bidi");
  return {
    unaryOnly: wire.unaryOnly === true,
    separate: wire.shares === "none",
    unary: (input, options) => orUsageError(() => unary(input)(input, options)),
    stream: (input, options) => {
      const answers = takesStreams ? orUsageError(() => stream(input)(input, options)) : undefined;
      if (answers !== undefined && wire.name !== "connect") return answers;
      return inEitherForm(answers, async () => {
        // Where a server takes one connection at a time, the next waits for the end of the one that was refused.
        if (takesStreams) await disposed(clients.splice(0));
        takesStreams = false;
        return await unary(input)(input, options);
      });
    },
    bidi: (inputs, options) => orUsageError(() => bidi(undefined)(inputs, options)),
    [Symbol.asyncDispose]: () => disposed(clients),
  };
}

async function disposed(clients: readonly AsyncDisposable[]): Promise<void> {
  await Promise.all(clients.map((client) => client[Symbol.asyncDispose]()));
}

/** Connect has one form for streams, and one for single messages: servers refuse the other before anything runs. Without a stream it is known to be the other. */
async function* inEitherForm(
  stream: AsyncIterable<unknown> | undefined,
  unary: () => Promise<unknown>,
): AsyncGenerator<unknown, void, undefined> {
  if (stream === undefined) {
    yield await unary();
    return;
  }
  try {
    yield* stream;
  } catch (error) {
    if (!(error instanceof RpcError) || !error.message.includes("HTTP status 415")) throw error;
    yield await unary();
  }
}

type OneMethod<S extends Shape> = Service<Readonly<Record<string, Method<S>>>>;

function clientOf<S extends Shape>(
  { url, method, options }: MethodTarget,
  declared: { readonly shape: S; readonly positional: boolean },
): Client<OneMethod<S>> {
  const service: OneMethod<S> = { name: "", methods: { [method]: declared } };
  return orUsageError(() => connect(service, url, options));
}

/** A client has every method of its contract. */
function known<F>(method: F | undefined): F {
  if (method === undefined) throw new Error("The client lacks the method that it was made for.");
  return method;
}

/** Does what throws TypeErrors for what cannot be called at all: that is the fault of whoever wrote the command. */
export function orUsageError<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof TypeError ? new UsageError(error.message) : error;
  }
}
