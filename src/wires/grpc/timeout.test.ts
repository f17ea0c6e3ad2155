import { expect, test } from "vitest";
import { readTimeout, writeTimeout } from "./timeout.js";

test.each([
  ["1H", 3_600_000],
  ["2M", 120_000],
  ["3S", 3000],
  ["100m", 100],
  ["0m", 0],
  ["1500u", 1.5],
  ["1000000n", 1],
  ["99999999H", 99_999_999 * 3_600_000],
])("%s is %d ms.", (text, ms) => {
  expect(readTimeout(text)).toBeCloseTo(ms, 6);
});

test.each([
  "",
  "1",
  "m",
  "100",
  "123456789m",
  "1s",
  "1h",
  "-1m",
  "+1m",
  "1.5S",
  " 1m",
  "1m ",
  "1mm",
  "1m\n",
  "٣m",
  "1e3m",
])("%j is no timeout.", (text) => {
  expect(readTimeout(text)).toBeUndefined();
});

test("A timeout is written with at most eight digits, and is never shorter than it was.", () => {
  for (let ms = 0.000_001; ms < 1e15; ms *= 3.7) {
    const text = writeTimeout(ms);
    expect(text).toMatch(/^[1-9]\d{0,7}[numSMH]$/u);
    const read = readTimeout(text) ?? 0;
    if (text === "99999999H") continue;
    expect(read).toBeGreaterThanOrEqual(ms * (1 - 1e-12));
    expect(read).toBeLessThanOrEqual(ms * 1.001 + 0.000_001);
  }
});

test.each([
  [0, "1n"],
  [-5, "1n"],
  [0.000_000_1, "1n"],
  [100, "100000u"],
  [99_999.999, "99999999u"],
  [99_999.9991, "100000m"],
  [100_000, "100000m"],
  [1e300, "99999999H"],
])("%d ms are written as %s.", (ms, text) => {
  expect(writeTimeout(ms)).toBe(text);
});
