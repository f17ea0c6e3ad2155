import { expect, test } from "vitest";
import { percentDecoded, percentEncoded } from "./percent.js";

test.each([
  ["", ""],
  ["plain, with spaces ~!", "plain, with spaces ~!"],
  ["100%", "100%25"],
  ["a\nb\tc\u0000", "a%0Ab%09c%00"],
  ["no such ü", "no such %C3%BC"],
  ["漢🦊", "%E6%BC%A2%F0%9F%A6%8A"],
  ["\u007F", "%7F"],
])("%j is written as %j, and read back.", (text, encoded) => {
  expect(percentEncoded(text)).toBe(encoded);
  expect(percentDecoded(encoded)).toBe(text);
});

test("Every character below U+0800 comes back.", () => {
  const text = String.fromCharCode(...Array.from({ length: 0x800 }, (_, i) => i));
  expect(percentDecoded(percentEncoded(text))).toBe(text);
  expect(percentEncoded(text)).toMatch(/^[ -~]*$/u);
});

test("Half of a surrogate pair becomes U+FFFD.", () => {
  expect(percentDecoded(percentEncoded("a\uD800b"))).toBe("a\uFFFDb");
});

test.each([
  ["%", "%"],
  ["%4", "%4"],
  ["100% sure", "100% sure"],
  ["%zz%41", "%zzA"],
  ["%%41", "%A"],
  ["%c3%bc", "ü"],
  ["%4\n", "%4\n"],
])("%j, with what is no code, is read as %j.", (text, read) => {
  expect(percentDecoded(text)).toBe(read);
});

test("Codes that are no UTF-8 stay as they are.", () => {
  expect(percentDecoded("a%FFb")).toBe("a%FFb");
  expect(percentDecoded("%C3")).toBe("%C3");
});
