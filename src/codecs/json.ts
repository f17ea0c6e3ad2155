import { deeperThan } from "../bytes/json-depth.js";
import { decodeUtf8, encodeUtf8 } from "../bytes/utf8.js";
import type { FullCodec, MethodCodec } from "../call/codec.js";

/** Arrays and objects within each other; as deep as messages of protobuf may be. */
const DEEPEST = 100;

/**
 * The codec that writes what `values` makes of messages as JSON in UTF-8, for wires that carry bytes and let the caller choose JSON (Connect). No bytes at all
 * stand for no message.
 */
export function jsonOf(values: FullCodec): FullCodec {
  return { name: "json", bind: (method) => bound(values.bind(method)) };
}

function bound(plain: MethodCodec): MethodCodec {
  return {
    readInput: (body, head) => plain.readInput(parsed(body), head),
    writeInput: (input) => written(plain.writeInput(input)),
    readOutput: (body) => plain.readOutput(parsed(body)),
    writeOutput: (output) => written(plain.writeOutput(output)),
  };
}

/** The value that a body holds. Throws an Error that says what is wrong with it. */
function parsed(body: unknown): unknown {
  if (body === undefined) return undefined;
  if (!(body instanceof Uint8Array)) throw new TypeError("it is not bytes");
  if (body.length === 0) return undefined;
  if (deeperThan(body, { start: 0, end: body.length, limit: DEEPEST })) throw new TypeError("it is nested too deep");
  const text = decodeUtf8(body, 0, body.length);
  if (text === undefined) throw new TypeError("it is not UTF-8");
  return JSON.parse(text);
}

/** Throws a TypeError for what JSON cannot hold: functions, symbols, bigints, cycles. */
function written(plain: unknown): Uint8Array {
  // Undefined for functions and symbols, whatever its declaration says.
  const text = JSON.stringify(plain ?? null) as string | undefined;
  if (text === undefined) throw new TypeError("A function or a symbol cannot be sent as JSON.");
  return encodeUtf8(text);
}
