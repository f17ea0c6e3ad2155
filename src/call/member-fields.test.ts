import { expect, test } from "vitest";
import { fieldsIn, fieldsJson } from "./member-fields.js";

test("Fields cross, several of one name in their order.", () => {
  const fields = [
    ["a", "1"],
    ["b", "zwei ß"],
    ["a", "2"],
    ["a", "3"],
    ["__proto__", "x"],
  ] as const;
  const json = fieldsJson(fields);
  expect(json).toBe('{"a":["1","2","3"],"b":"zwei ß","__proto__":"x"}');
  expect(fieldsIn(JSON.parse(json))).toEqual([
    ["a", "1"],
    ["a", "2"],
    ["a", "3"],
    ["b", "zwei ß"],
    ["__proto__", "x"],
  ]);
  expect(fieldsIn({ "X-Name": "v" })).toEqual([["x-name", "v"]]);
  expect(fieldsIn({})).toEqual([]);
});

test("What HTTP would not let pass is no field.", () => {
  for (const wrong of [
    null,
    [],
    "a",
    1,
    { "": "v" },
    { "a b": "v" },
    { a: 1 },
    { a: null },
    { a: ["b", 1] },
    { a: { b: "c" } },
  ])
    expect(fieldsIn(wrong)).toBeUndefined();
  for (const value of ["a\nb", "a\rb", "a\0b", "漢"]) expect(fieldsIn({ a: value })).toBeUndefined();
});
