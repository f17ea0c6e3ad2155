import type { DescMethod, MessageInitShape, MessageShape } from "@bufbuild/protobuf";
import type { Call, CallOptions, Shape } from "./call.js";
import type { FunctionService, PlainFunctions } from "./functions.js";
import type { Method } from "./method.js";
import type { AnyMessage, Contract, MethodsOf, ProtoShape } from "./proto-service.js";
import type { Schema } from "./schema.js";

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

/** The function of a protobuf method of which nothing is known before the program runs: its descriptor says which of the two it is given. */
type AnyProtoMethod = (
  input: AnyMessage & Stream<AnyMessage>,
  call: Call<AnyMessage & Stream<AnyMessage>>,
) => Promised<unknown>;

/** A call of such a method: of a stream, or of one message; its answer is read as one of the two. */
type AnyProtoCall = (
  input: Readonly<Record<string, unknown>> | Messages<Readonly<Record<string, unknown>>>,
  options?: CallOptions,
) => Promise<AnyMessage> & AnswerStream<AnyMessage>;

/** A method's own function, of a contract's method or of a protobuf method. */
type MethodFunction<M> =
  M extends Method<infer S extends Shape, infer _Sent, infer Received, infer Answer>
    ? Answering<S, Received, Answer>
    : DescMethod extends M
      ? AnyProtoMethod
      : M extends DescMethod
        ? Answering<ProtoShape<M>, MessageShape<M["input"]>, MessageInitShape<M["output"]>>
        : never;

type Answering<S extends Shape, Received, Answer> = S extends "unary"
  ? (input: Received, call: Call<Received>) => Promised<Answer>
  : S extends "serverStream"
    ? (input: Received, call: Call<Received>) => Promised<Messages<Answer>>
    : S extends "clientStream"
      ? (input: Stream<Received>, call: Call<Stream<Received>>) => Promised<Answer>
      : (input: Stream<Received>, call: Call<Stream<Received>>) => Promised<Messages<Answer>>;

/** The code of a service: one function for each of its methods. */
export type Implementor<S extends Contract> = {
  readonly [K in keyof MethodsOf<S>]: MethodFunction<MethodsOf<S>[K]>;
};

/** The function that a caller calls, of a contract's method or of a protobuf method. */
type ClientFunction<M> =
  M extends Method<infer S extends Shape, infer Sent, infer _Received, infer Answer>
    ? Calling<S, Sent, Answer>
    : DescMethod extends M
      ? AnyProtoCall
      : M extends DescMethod
        ? Calling<ProtoShape<M>, MessageInitShape<M["input"]>, MessageShape<M["output"]>>
        : never;

type Calling<S extends Shape, Sent, Answer> = S extends "unary"
  ? (input: Sent, options?: CallOptions) => Promise<Answer>
  : S extends "serverStream"
    ? (input: Sent, options?: CallOptions) => AnswerStream<Answer>
    : S extends "clientStream"
      ? (input: Messages<Sent>, options?: CallOptions) => Promise<Answer>
      : (input: Messages<Sent>, options?: CallOptions) => AnswerStream<Answer>;

/** A client of a contract: one function for each method; disposing it closes its connections. */
export type Client<S extends Contract> = {
  readonly [K in keyof MethodsOf<S>]: ClientFunction<MethodsOf<S>[K]>;
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
