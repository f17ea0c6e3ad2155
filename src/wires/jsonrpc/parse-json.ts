import { deeperThan } from "../../bytes/json-depth.js";

/** Stands for the value of a text that is no JSON; no JSON has it as its value. */
export const NO_JSON: unique symbol = Symbol("no JSON");

/** Parses JSON text; NO_JSON where it is none, or (undefined) was no UTF-8. Members named `__proto__` stay members. */
export function parseJson(text: string | undefined): unknown {
  if (text === undefined) return NO_JSON;
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return NO_JSON;
  }
}

/** Says whether JSON text, as bytes from `start`, nests too deep. A short text is not looked at. */
export function tooDeep(
  bytes: Uint8Array,
  start: number,
  span: { readonly length: number; readonly limit: number },
): boolean {
  const { length, limit } = span;
  return length > limit * 2 && deeperThan(bytes, { start, end: start + length, limit });
}
