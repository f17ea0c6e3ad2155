import { describe, expect, test } from "vitest";
import { fieldOf, NO_FIELDS, toFields } from "./fields.js";

describe("Fields", () => {
  test("are read from headers of every form, names in lower case", () => {
    const expected = [
      ["x-one", "1"],
      ["x-two", "2"],
    ];
    expect(toFields({ "X-One": "1", "x-Two": "2" })).toEqual(expected);
    expect(toFields(new Headers({ "X-One": "1", "x-two": "2" }))).toEqual(expected);
    expect(
      toFields([
        ["x-two", "2"],
        ["X-ONE", "1"],
      ]),
    ).toEqual(expected);
  });

  test("are the one shared empty list where there are none", () => {
    expect(toFields(undefined)).toBe(NO_FIELDS);
    expect(toFields({})).toBe(NO_FIELDS);
    expect(toFields(new Headers())).toBe(NO_FIELDS);
  });

  test("are refused where HTTP would not let them pass", () => {
    expect(() => toFields({ "a b": "1" })).toThrow(TypeError);
    expect(() => toFields({ a: "1\n2" })).toThrow(TypeError);
    expect(() => toFields({ a: "漢" })).toThrow(TypeError);
  });

  test("are found by name, several values joined", () => {
    const fields = [
      ["a", "1"],
      ["b", "2"],
      ["a", "3"],
    ] as const;
    expect(fieldOf(fields, "a")).toBe("1, 3");
    expect(fieldOf(fields, "b")).toBe("2");
    expect(fieldOf(fields, "c")).toBeUndefined();
  });
});
