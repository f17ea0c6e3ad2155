import type { Codec, MethodCodec } from "../call/codec.js";

/** Messages are plain values already: for wires whose envelope holds the value (frame, JSON-RPC, XML-RPC). */
export const value: Codec = {
  name: "value",
  bind: (method): MethodCodec => (method.positional === true ? tuple : single),
};

const writeOutput = (output: unknown): unknown => (output === undefined ? null : output);
const readOutput = (body: unknown): unknown => body;

/** Plain functions: the input is the tuple of their arguments. A body that is no array is the only argument. */
const tuple: MethodCodec = {
  readInput: (body) => (Array.isArray(body) ? body : body === undefined ? [] : [body]),
  writeInput: (input) => input,
  writeOutput,
  readOutput,
};

/** Methods of a contract: one input, which a list of exactly one argument may hold. */
const single: MethodCodec = {
  readInput: (body, positional) => (positional ? only(body) : body),
  writeInput: (input) => input,
  writeOutput,
  readOutput,
};

function only(body: unknown): unknown {
  if (!Array.isArray(body)) return body;
  if (body.length <= 1) return body[0];
  throw new TypeError(`it takes one argument, and ${body.length} came`);
}
