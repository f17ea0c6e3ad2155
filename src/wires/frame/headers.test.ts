import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fieldsJson } from "../../call/member-fields.js";
import { fieldsOf, isHeaders } from "./headers.js";

const name = fc.oneof(
  fc.string({ unit: fc.constantFrom(..."abcxyz019-_.~!#$%&'*+^`|"), minLength: 1 }),
  fc.constantFrom("__proto__", "constructor", "tostring"),
);
const value = fc.string({ unit: fc.constantFrom(...'abc XYZ019"\\,;=é\u00ff\t') });

describe("headers of a frame", () => {
  test("any fields are read back in order of their names, a name as often as it has values", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value)), (fields) => {
        const parsed: unknown = JSON.parse(fieldsJson(fields));
        expect(isHeaders(parsed)).toBe(true);
        const read = fieldsOf(parsed as Parameters<typeof fieldsOf>[0]);
        for (const [key] of fields) {
          const valuesIn = (list: typeof read): string[] =>
            list.filter(([other]) => other === key).map(([, text]) => text);
          expect(valuesIn(read)).toEqual(valuesIn(fields));
        }
        expect(read.length).toBe(fields.length);
      }),
    );
  });

  test("a name with one value is written as a string, with several as an array", () => {
    expect(fieldsJson([["a", "1"]])).toBe('{"a":"1"}');
    expect(
      fieldsJson([
        ["a", "1"],
        ["b", "2"],
        ["a", "3"],
        ["a", "4"],
      ]),
    ).toBe('{"a":["1","3","4"],"b":"2"}');
    expect(fieldsJson([])).toBe("{}");
  });

  test("names are read in lower case", () => {
    expect(fieldsOf({ "X-Trace": "1", ACCEPT: ["a", "b"] })).toEqual([
      ["x-trace", "1"],
      ["accept", "a"],
      ["accept", "b"],
    ]);
    expect(fieldsOf(undefined)).toEqual([]);
  });

  test.each<[unknown, boolean]>([
    [{}, true],
    [{ a: "" }, true],
    [{ a: [] }, true],
    [{ "x-trace": ["1", "2"] }, true],
    [{ a: "caf\u00e9" }, true],
    [{ a: 1 }, false],
    [{ a: null }, false],
    [{ a: ["1", 2] }, false],
    [{ a: [["1"]] }, false],
    [{ a: { b: "c" } }, false],
    [{ "": "1" }, false],
    [{ "a b": "1" }, false],
    [{ "a:b": "1" }, false],
    [{ é: "1" }, false],
    [{ a: "1\r\nb: 2" }, false],
    [{ a: "1\u0000" }, false],
    [{ a: "€" }, false],
    [[], false],
    [[["a", "1"]], false],
    ["a: 1", false],
    [null, false],
    [undefined, false],
  ])("%j are headers: %j", (headers, right) => {
    expect(isHeaders(headers)).toBe(right);
  });
});
