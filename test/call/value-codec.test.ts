import { describe, expect, test } from "vitest";
import { value } from "../../src/codecs/value.js";

const tuple = value.bind({ shape: "unary", positional: true });
const single = value.bind({ shape: "unary" });
const named = value.bind({ shape: "unary", positional: true, params: ["minuend", "subtrahend", "constructor"] });
const ONE = { positional: false };
const LIST = { positional: true };
const NAMED = { positional: false, named: true };

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
    expect(tuple.readInput(body, ONE)).toEqual(input);
    expect(tuple.readInput(body, LIST)).toEqual(input);
  });

  test("reads a body as the one input of a contract's method, an array too", () => {
    for (const body of [1, null, "", [], [1, 2], { a: 1 }, undefined]) expect(single.readInput(body, ONE)).toBe(body);
  });

  test("reads a list of one argument as that input, and refuses more", () => {
    expect(single.readInput([{ a: 1 }], LIST)).toEqual({ a: 1 });
    expect(single.readInput([[1, 2]], LIST)).toEqual([1, 2]);
    expect(single.readInput([], LIST)).toBeUndefined();
    expect(single.readInput("bare", LIST)).toBe("bare");
    expect(() => single.readInput([1, 2], LIST)).toThrow("it takes one argument, and 2 came");
  });

  test("reads an object of named arguments in the order of a function's own, where their names are known", () => {
    expect(named.readInput({ subtrahend: 23, minuend: 42 }, NAMED)).toEqual([42, 23, undefined]);
    expect(named.readInput({ minuend: 42 }, ONE)).toEqual([{ minuend: 42 }]);
    expect(named.readInput([42, 23], LIST)).toEqual([42, 23]);
    expect(() => named.readInput({ other: 1 }, NAMED)).toThrow('it has no argument "other"');
    expect(tuple.readInput({ a: 1 }, NAMED)).toEqual([{ a: 1 }]);
    expect(single.readInput({ a: 1 }, NAMED)).toEqual({ a: 1 });
  });

  test("writes nothing as null, so that an answer is always a message", () => {
    for (const codec of [tuple, single]) {
      expect(codec.writeOutput(undefined)).toBeNull();
      for (const output of [null, 0, "", false, [], {}]) expect(codec.writeOutput(output)).toBe(output);
    }
  });
});
