import { InvalidArgumentError } from "commander";

const UNITS: Readonly<Record<string, number>> = { "": 1, ms: 1, s: 1000, m: 60_000 };

/** Reads `500ms`, `5s` or `2m`; a plain number is milliseconds. Throws commander's error for what is no time above 0. */
export function milliseconds(text: string): number {
  const match = /^(?<amount>\d+(?:\.\d+)?)(?<unit>ms|s|m|)$/u.exec(text.trim());
  const time = Number(match?.groups?.["amount"]) * (UNITS[match?.groups?.["unit"] ?? ""] ?? Number.NaN);
  if (!(time > 0)) throw new InvalidArgumentError("Write a time such as 500ms, 5s or 2m.");
  return time;
}

/** Reads a whole number of 1 or more. Throws commander's error for anything else. */
export function wholeNumber(text: string): number {
  const count = Number(text);
  if (!/^\d+$/u.test(text) || count < 1 || !Number.isSafeInteger(count)) {
    throw new InvalidArgumentError("Write a whole number of 1 or more.");
  }
  return count;
}

/** Writes microseconds for people: `87 µs`, `1.25 ms`, `2.00 s`. */
export function readable(micros: number): string {
  if (micros < 1000) return `${micros.toFixed(0)} µs`;
  if (micros < 1_000_000) return `${(micros / 1000).toFixed(2)} ms`;
  return `${(micros / 1_000_000).toFixed(2)} s`;
}
