import { describe, expect, test } from "vitest";
import { value } from "../../src/codecs/value.js";

const tuple = value.bind({ shape: "unary", positional: true });
const single = value.bind({ shape: "unary" });

describe("The value codec", () => {
  test.each([
    [
      [1, 2],
      [1, 2],
    ],
    [[], []],
    [undefined, []],
    [null, [null]],
    ["x", ["x"]],
    [{ a: 1 }, [{ a: 1 }]],
    [[[1]], [[1]]],
  ])("reads %j as the arguments of a plain function", (body, input) => {
    expect(tuple.readInput(body, false)).toEqual(input);
    expect(tuple.readInput(body, true)).toEqual(input);
  });

  test("reads a body as the one input of a contract's method, an array too", () => {
    for (const body of [1, null, "", [], [1, 2], { a: 1 }, undefined]) expect(single.readInput(body, false)).toBe(body);
  });

  test("reads a list of one argument as that input, and refuses more", () => {
    expect(single.readInput([{ a: 1 }], true)).toEqual({ a: 1 });
    expect(single.readInput([[1, 2]], true)).toEqual([1, 2]);
    expect(single.readInput([], true)).toBeUndefined();
    expect(single.readInput("bare", true)).toBe("bare");
    expect(() => single.readInput([1, 2], true)).toThrow("it takes one argument, and 2 came");
  });

  test("writes nothing as null, so that an answer is always a message", () => {
    for (const codec of [tuple, single]) {
      expect(codec.writeOutput(undefined)).toBeNull();
      for (const output of [null, 0, "", false, [], {}]) expect(codec.writeOutput(output)).toBe(output);
    }
  });
});
