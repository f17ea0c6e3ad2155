import { parseIso8601 } from "../../bytes/iso8601.js";

/** Reads the text of a scalar element; undefined: it is none of that type. */
export type ReadScalar = (text: string) => unknown;

/** Digits of a number without a limit of its own: more would take long to read. */
const MAX_DIGITS = 4096;
/** So many digits a double keeps, whatever they are. */
const EXACT_DIGITS = 15;

const INTEGER = /^[+-]?\d+$/u;
const DECIMAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/u;
/** How servers write what no decimal number is: Python's `repr`, C's `printf`, Java's `toString`, in any case. */
const INFINITE = /^([+-]?)inf(?:inity)?$/iu;
const NOT_A_NUMBER = /^[+-]?nan$/iu;
const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ["0", false],
  ["1", true],
  ["false", false],
  ["true", true],
]);

/**
 * The types whose values are text, by their local names: those of XML-RPC (http://xmlrpc.com/spec.md), and Apache's extensions
 * (https://ws.apache.org/xmlrpc/types.html), with `i8` and `nil` in wide use. `base64` is not among them: it is read in pieces.
 */
export const SCALARS: ReadonlyMap<string, ReadScalar> = new Map<string, ReadScalar>([
  ["int", whole(32)],
  ["i4", whole(32)],
  ["i1", whole(8)],
  ["i2", whole(16)],
  ["i8", (text) => big(text.trim(), 19, 64)],
  ["biginteger", (text) => big(text.trim(), MAX_DIGITS)],
  ["boolean", (text) => BOOLEANS.get(text.trim())],
  ["string", (text) => text],
  ["double", (text) => float(text.trim())],
  ["float", (text) => float(text.trim())],
  ["bigdecimal", (text) => decimal(text.trim())],
  ["dateTime.iso8601", (text) => parseIso8601(text.trim())],
  ["dateTime", (text) => parseIso8601(text.trim())],
  ["nil", (text) => (text.trim() === "" ? null : undefined)],
]);

function whole(bits: number): ReadScalar {
  const limit = 2 ** (bits - 1);
  return (text) => {
    const trimmed = text.trim();
    // Adding 0 makes 0 of -0.
    const number = INTEGER.test(trimmed) ? Number(trimmed) + 0 : Number.NaN;
    return number >= -limit && number < limit ? number : undefined;
  };
}

/** An integer: a number where it is a safe one, else a bigint. */
function big(text: string, maxDigits: number, bits?: number): number | bigint | undefined {
  if (!INTEGER.test(text)) return undefined;
  const number = Number(text);
  if (Number.isSafeInteger(number)) return number + 0;
  const digits = text.replace(/^[+-]?0*/u, "");
  if (digits.length > maxDigits) return undefined;
  const value = text.startsWith("-") ? -BigInt(digits) : BigInt(digits);
  return bits === undefined || BigInt.asIntN(bits, value) === value ? value : undefined;
}

function float(text: string): number | undefined {
  if (DECIMAL.test(text)) return Number(text);
  const sign = INFINITE.exec(text)?.[1];
  if (sign !== undefined) return sign === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return NOT_A_NUMBER.test(text) ? Number.NaN : undefined;
}

/** A decimal number of any precision: a number where that keeps every digit, else the text. */
function decimal(text: string): number | string | undefined {
  if (!DECIMAL.test(text)) return undefined;
  const digits = text
    .replace(/[eE].*$/u, "")
    .replaceAll(/[+.-]/gu, "")
    .replace(/^0+/u, "");
  const number = Number(text);
  const kept = digits.length <= EXACT_DIGITS && Number.isFinite(number) && (number !== 0 || digits === "");
  return kept ? number : text;
}
