import { expect, test } from "vitest";
import { readTimeout, writeTimeout } from "./timeout.js";

test.each([
  ["0", 0],
  ["1", 1],
  ["0500", 500],
  ["9999999999", 9_999_999_999],
])("%j is read as %j ms.", (text, ms) => {
  expect(readTimeout(text)).toBe(ms);
});

test.each(["", "-1", "1.5", "1e3", "10000000000", " 1", "1s", "soon", "１"])("%j is no timeout.", (text) => {
  expect(readTimeout(text)).toBeUndefined();
});

test.each([
  [0.2, "1"],
  [1500, "1500"],
  [1500.01, "1501"],
  [-5, "0"],
  [1e15, "9999999999"],
])("%j ms are written as %j.", (ms, text) => {
  expect(writeTimeout(ms)).toBe(text);
});
