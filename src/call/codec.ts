import type { Method } from "../contract/method.js";
import type { Body, CallHead } from "./sink.js";

/** How messages are written in one encoding. Bound to each method once, when its route is made. */
export interface Codec {
  readonly name: CallHead["codec"];
  /** Undefined where the method's messages cannot be written like that: protobuf bytes without a descriptor. */
  bind(method: Method): MethodCodec | undefined;
}

/** A codec that can write the messages of every method. */
export interface FullCodec extends Codec {
  bind(method: Method): MethodCodec;
}

/** Reads and writes the messages of one method. What cannot be read throws an Error, whose message tells the sender what is wrong. */
export interface MethodCodec {
  /** Body to input; the head says whether the body is a list of arguments, or an object of named ones. An undefined body (there was no message) is an undefined input. */
  readInput(body: Body, head: Pick<CallHead, "positional" | "named">): unknown;
  writeOutput(value: unknown): Body;
  writeInput(value: unknown): Body;
  readOutput(body: Body): unknown;
}
