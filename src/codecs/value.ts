import type { FullCodec, MethodCodec } from "../call/codec.js";

/** Messages are plain values already: for wires whose envelope holds the value (frame, JSON-RPC, XML-RPC). Protobuf methods need `canonical` around it. */
export const value: FullCodec = {
  name: "value",
  bind: (method): MethodCodec =>
    method.positional !== true ? single : method.params === undefined ? tuple : withNames(method.params),
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
  readInput: (body, { positional }) => (positional ? only(body) : body),
  writeInput: (input) => input,
  writeOutput,
  readOutput,
};

/** Plain functions whose arguments have names: callers may give an object of them instead of a list. */
function withNames(names: readonly string[]): MethodCodec {
  return {
    ...tuple,
    readInput: (body, head) => {
      if (head.named !== true || typeof body !== "object" || body === null) return tuple.readInput(body, head);
      const unknown = Object.keys(body).find((key) => !names.includes(key));
      if (unknown !== undefined)
        throw new TypeError(`it has no argument ${JSON.stringify(unknown)}, only ${names.join(", ")}`);
      // An object, as has been seen; each of its keys is one of the names.
      const given = body as Readonly<Record<string, unknown>>;
      return names.map((name) => (Object.hasOwn(given, name) ? given[name] : undefined));
    },
  };
}

function only(body: unknown): unknown {
  if (!Array.isArray(body)) return body;
  if (body.length <= 1) return body[0];
  throw new TypeError(`it takes one argument, and ${body.length} came`);
}
