import { expect, test } from "vitest";
import { sharedEntry } from "./shared-entry.js";

test("The same field is the same object; another name or value is another.", () => {
  const entry = sharedEntry("te", "trailers");
  expect(entry).toEqual({ name: "te", value: "trailers" });
  expect(sharedEntry("te", ["trail", "ers"].join(""))).toBe(entry);
  expect(sharedEntry("te", "t")).toEqual({ name: "te", value: "t" });
  expect(sharedEntry("t", "etrailers")).toEqual({ name: "t", value: "etrailers" });
  const [one, other] = [sharedEntry("a\0", "b"), sharedEntry("a", "\0b")];
  expect([one.name, other.name]).toEqual(["a\0", "a"]);
});

test("Long fields and those that say who somebody is are not shared.", () => {
  for (const [name, value] of [
    ["authorization", "secret"],
    ["cookie", "a=b"],
    ["x-long", "a".repeat(200)],
  ] as const) {
    const entry = sharedEntry(name, value);
    expect(entry).toEqual({ name, value });
    expect(sharedEntry(name, value)).not.toBe(entry);
  }
});

test("Ever new fields do not pile up.", () => {
  const first = sharedEntry("x-first", "1");
  for (let n = 0; n < 1100; n += 1) expect(sharedEntry("x-other", String(n)).value).toBe(String(n));
  expect(sharedEntry("x-first", "1")).not.toBe(first);
});
