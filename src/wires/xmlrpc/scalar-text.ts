/** What may be written that not every peer reads. */
export interface Extensions {
  readonly allowNil: boolean;
  readonly allowI8: boolean;
}

/** The element that holds integers beyond 64 bits; the root of a message with one binds its prefix (https://ws.apache.org/xmlrpc/types.html). */
export const BIG_INTEGER = "ex:biginteger";

/** What XML takes for markup or for a line break; what it forbids (XML 1.0 §2.2), with the halves of surrogate pairs that stand alone. */
const SPECIAL =
  // oxlint-disable-next-line no-control-regex -- the control characters are what is looked for
  /[&<>\r\u0000-\u0008\u000b\u000c\u000e-\u001f\ud800-\udfff\ufffe\uffff]/u;
const EVERY_SPECIAL = new RegExp(SPECIAL, "gu");
const WRITTEN: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;" };

/** Writes text as the content of an element. Throws a TypeError for a character that XML forbids. */
export function escaped(text: string): string {
  return SPECIAL.test(text) ? text.replaceAll(EVERY_SPECIAL, (char) => WRITTEN[char] ?? forbidden(char)) : text;
}

/** Writes a number or a bigint as a type element. Throws a TypeError for what the peer may not read. */
export function numberXml(value: number | bigint, { allowI8 }: Extensions): string {
  if (typeof value === "number") {
    if ((value | 0) === value && !Object.is(value, -0)) return `<int>${value}</int>`;
    if (!Number.isSafeInteger(value) || value === 0) return `<double>${doubleText(value)}</double>`;
  } else if (BigInt.asIntN(32, value) === value) return `<int>${value}</int>`;
  if (!allowI8) throw new TypeError(`is ${value}, more than 32 bits hold: allow <i8>, or send it as a string`);
  if (typeof value === "number" || BigInt.asIntN(64, value) === value) return `<i8>${value}</i8>`;
  return `<${BIG_INTEGER}>${value}</${BIG_INTEGER}>`;
}

/** A double in digits alone: XML-RPC knows no exponents, and some readers refuse them. What is not finite is written as Python does. */
function doubleText(value: number): string {
  if (Object.is(value, -0)) return "-0.0";
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
  const text = String(value);
  const [, sign = "", whole = "", fraction = "", exponent] = /^(-?)(\d)(?:\.(\d+))?e(.+)$/u.exec(text) ?? [];
  if (exponent === undefined) return text;
  const digits = whole + fraction;
  const point = 1 + Number(exponent);
  if (point <= 0) return `${sign}0.${"0".repeat(-point)}${digits}`;
  return `${sign}${digits.padEnd(point, "0")}.${digits.slice(point) || "0"}`;
}

function forbidden(char: string): never {
  const code = (char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
  throw new TypeError(`has the character U+${code}, which XML cannot hold: send it as bytes`);
}
