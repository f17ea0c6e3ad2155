import type { Call, CallOptions, Shape } from "./call.js";
import type { FunctionService, PlainFunctions } from "./functions.js";
import type { Method } from "./method.js";
import type { Schema } from "./schema.js";
import type { Service } from "./service.js";

/** What a caller may send to a method with this input schema. */
export type MethodInput<I extends Schema> = NonNullable<I["~standard"]["types"]>["input"];

/** What the method itself receives: the input after validation. */
export type MethodReceived<I extends Schema> = NonNullable<I["~standard"]["types"]>["output"];

/** What the method answers and the caller gets. Output schemas check, they do not transform: both are the schema's input side. */
export type MethodOutput<O extends Schema> = NonNullable<O["~standard"]["types"]>["input"];

/** Messages to be sent one after the other, ready or still to come. */
export type Messages<T> = Iterable<T> | AsyncIterable<T>;

/** Messages as a method reads them. Said to end without a value, so that `next()` gives no `any`. */
type Stream<T> = AsyncIterable<T, undefined, undefined>;

/** Messages as a caller reads them. */
type AnswerStream<T> = AsyncIterableIterator<T, undefined, undefined>;

type Promised<T> = T | Promise<T>;

type MethodFunction<M> =
  M extends Method<infer S extends Shape, infer _Sent, infer Received, infer Answer>
    ? S extends "unary"
      ? (input: Received, call: Call<Received>) => Promised<Answer>
      : S extends "serverStream"
        ? (input: Received, call: Call<Received>) => Promised<Messages<Answer>>
        : S extends "clientStream"
          ? (input: Stream<Received>, call: Call<Stream<Received>>) => Promised<Answer>
          : (input: Stream<Received>, call: Call<Stream<Received>>) => Promised<Messages<Answer>>
    : never;

/** The code of a service: one function for each of its methods. */
export type Implementor<S extends Service> = { readonly [K in keyof S["methods"]]: MethodFunction<S["methods"][K]> };

type ClientFunction<M> =
  M extends Method<infer S extends Shape, infer Sent, infer _Received, infer Answer>
    ? S extends "unary"
      ? (input: Sent, options?: CallOptions) => Promise<Answer>
      : S extends "serverStream"
        ? (input: Sent, options?: CallOptions) => AnswerStream<Answer>
        : S extends "clientStream"
          ? (input: Messages<Sent>, options?: CallOptions) => Promise<Answer>
          : (input: Messages<Sent>, options?: CallOptions) => AnswerStream<Answer>
    : never;

/** A client of a contract: one function for each method; disposing it closes its connections. */
export type Client<S extends Service> = {
  readonly [K in keyof S["methods"]]: ClientFunction<S["methods"][K]>;
} & AsyncDisposable;

/** A plain function as a caller sees it. `this` is matched by any, since inside a function it may be declared as the call. */
type PlainClient<F> = F extends (this: any, ...args: infer Args extends readonly unknown[]) => infer Answer
  ? (...args: Args) => Promise<Awaited<Answer>>
  : never;

/** The functions behind a service of plain functions, or the functions themselves. */
export type FunctionsOf<F> = F extends FunctionService<infer P extends PlainFunctions> ? P : F;

/** A client of plain functions: the same arguments, a promise of the same result; disposing it closes its connections. */
export type FunctionsClient<F> = {
  readonly [K in keyof FunctionsOf<F>]: PlainClient<FunctionsOf<F>[K]>;
} & AsyncDisposable;
