import type { DescMethod } from "@bufbuild/protobuf";
import type { Shape } from "./call.js";
import type { MethodInput, MethodOutput, MethodReceived } from "./infer.js";
import type { Schema } from "./schema.js";

/**
 * One method of a service, as plain data. The type parameters are for inference alone:
 * what a caller sends, what the method receives (after validation), and what it answers.
 */
export interface Method<S extends Shape = Shape, Sent = unknown, Received = unknown, Answer = unknown> {
  readonly shape: S;
  /** Checks each message that comes in; none: anything is let through. */
  readonly input?: Schema | undefined;
  /** Checks, during development, each message that goes out; it never changes one. */
  readonly output?: Schema | undefined;
  /** The name that answers carry on wires which name them (`frame`); the method's own name where not set. */
  readonly out?: string | undefined;
  /** One or two sentences for people, shown by introspection. */
  readonly doc?: string | undefined;
  /** Calling it changes nothing, so that it may be called by HTTP's GET (Connect), and cached. */
  readonly noSideEffects?: boolean | undefined;
  /** Its input is the tuple of a plain function's arguments. */
  readonly positional?: boolean | undefined;
  /** The names of a plain function's arguments, in order, for callers who name them. */
  readonly params?: readonly string[] | undefined;
  /** Where it is a protobuf method: its descriptor, which says its messages and its name on wires. */
  readonly proto?: DescMethod | undefined;
  readonly "~types"?: { readonly sent: Sent; readonly received: Received; readonly answer: Answer } | undefined;
}

/** What can be said of a method when it is declared. Both schemas are optional: without `input` it takes nothing, without `output` it may answer anything. */
export interface MethodOptions<I extends Schema = Schema, O extends Schema = Schema> {
  readonly input?: I;
  readonly output?: O;
  readonly out?: string;
  readonly doc?: string;
  readonly noSideEffects?: boolean;
}

type Declared<S extends Shape, I extends Schema, O extends Schema> = Method<
  S,
  MethodInput<I>,
  MethodReceived<I>,
  MethodOutput<O>
>;

/** Declares a method of one message in, one message out. */
export function unary<I extends Schema = Schema<void>, O extends Schema = Schema>(
  options: MethodOptions<I, O> = {},
): Declared<"unary", I, O> {
  return { ...options, shape: "unary" };
}

/** Declares a method of one message in and a stream out. */
export function serverStream<I extends Schema = Schema<void>, O extends Schema = Schema>(
  options: MethodOptions<I, O> = {},
): Declared<"serverStream", I, O> {
  return { ...options, shape: "serverStream" };
}

/** Declares a method of a stream in and one message out. */
export function clientStream<I extends Schema = Schema<void>, O extends Schema = Schema>(
  options: MethodOptions<I, O> = {},
): Declared<"clientStream", I, O> {
  return { ...options, shape: "clientStream" };
}

/** Declares a method of a stream each way, independent of each other. */
export function bidi<I extends Schema = Schema<void>, O extends Schema = Schema>(
  options: MethodOptions<I, O> = {},
): Declared<"bidi", I, O> {
  return { ...options, shape: "bidi" };
}
