import type { Status } from "../../src/call/status.js";
import type { XmlRpcMessage } from "../../src/wires/xmlrpc/message-builder.js";
import { type Reading, XmlRpcReader } from "../../src/wires/xmlrpc/reader.js";

/** How messages are read where a test says nothing else. */
const READING: Reading = { root: "methodCall", maxDepth: 100, maxMessageBytes: 4 * 1024 * 1024 };

/** Reads bytes in pieces that end at `cuts`, each lent in memory that is overwritten afterwards. */
export function read(
  bytes: Uint8Array,
  reading: Partial<Reading> = {},
  cuts: readonly number[] = [],
): XmlRpcMessage | Status {
  const reader = new XmlRpcReader({ ...READING, ...reading });
  let from = 0;
  for (const to of [...cuts, bytes.length]) {
    const lent = new Uint8Array(to - from + 4).fill(0xee);
    lent.set(bytes.subarray(from, to), 2);
    from = to;
    reader.push(lent, { start: 2, end: lent.length - 2 });
    lent.fill(0xee);
  }
  return reader.end();
}

/**
 * What a message says, read whole, byte by byte and cut in two at every place (a long one at every third); throws where two of these
 * differ.
 */
export function readEveryWay(bytes: Uint8Array, reading: Partial<Reading> = {}): XmlRpcMessage | Status {
  const whole = read(bytes, reading);
  const expected = written(whole);
  const every = Array.from({ length: bytes.length }, (_, at) => at);
  const places = bytes.length < 600 ? every : every.filter((at) => at % 3 === 0);
  for (const cuts of [every, ...places.map((at) => [at])]) {
    const text = written(read(bytes, reading, cuts));
    if (text !== expected) throw new Error(`Cut at ${cuts.join(", ")}, it says ${text}, and whole ${expected}.`);
  }
  return whole;
}

/** A value as text that shows all of it: `Date`s, bytes, `bigint`s and -0 too. */
function written(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(written).join()}]`;
  if (value instanceof Uint8Array) return `bytes(${value.join()})`;
  if (value instanceof Date) return `date(${value.getTime()})`;
  if (typeof value === "object" && value !== null)
    return `{${Object.entries(value)
      .map(([key, member]) => `${JSON.stringify(key)}:${written(member)}`)
      .join()}}`;
  if (typeof value === "bigint") return `${value}n`;
  return Object.is(value, -0) ? "-0" : typeof value === "string" ? JSON.stringify(value) : String(value);
}
