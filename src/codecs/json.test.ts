import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { MethodCodec } from "../call/codec.js";
import { jsonOf } from "./json.js";
import { value } from "./value.js";

const head = { positional: false };
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (body: unknown): string => new TextDecoder().decode(body as Uint8Array);

const json = jsonOf(value);
const single: MethodCodec = json.bind({ shape: "unary" });
const tuple: MethodCodec = json.bind({ shape: "unary", positional: true });
const named: MethodCodec = json.bind({ shape: "unary", positional: true, params: ["a", "b"] });

describe("the codec json", () => {
  test("writes values as JSON in UTF-8, and reads them back, whatever they are", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const plain: unknown = JSON.parse(JSON.stringify(value));
        expect(single.readInput(single.writeInput(value), head)).toEqual(plain);
        expect(single.readOutput(single.writeOutput(value))).toEqual(plain);
      }),
      { seed: 7, numRuns: 200 },
    );
    expect(text(single.writeOutput({ text: "é☃" }))).toBe('{"text":"é☃"}');
  });

  test("writes nothing as null, and reads no bytes as no message", () => {
    expect(text(single.writeOutput(undefined))).toBe("null");
    expect(text(single.writeInput(undefined))).toBe("null");
    expect(single.readInput(undefined, head)).toBeUndefined();
    expect(single.readInput(new Uint8Array(0), head)).toBeUndefined();
  });

  test("gives plain functions their arguments, as the codec of values does", () => {
    expect(text(tuple.writeInput([1, "a"]))).toBe('[1,"a"]');
    expect(tuple.readInput(utf8('[1,"a"]'), head)).toEqual([1, "a"]);
    expect(tuple.readInput(utf8("5"), head)).toEqual([5]);
    expect(tuple.readInput(undefined, head)).toEqual([]);
    expect(named.readInput(utf8('{"b":2}'), { positional: false, named: true })).toEqual([undefined, 2]);
    expect(() => named.readInput(utf8('{"c":2}'), { positional: false, named: true })).toThrow('no argument "c"');
  });

  test("takes of a list of arguments the only one, for a method with one input", () => {
    expect(single.readInput(utf8('[{"a":1}]'), { positional: true })).toEqual({ a: 1 });
    expect(single.readInput(utf8('[{"a":1}]'), head)).toEqual([{ a: 1 }]);
    expect(() => single.readInput(utf8("[1,2]"), { positional: true })).toThrow("it takes one argument, and 2 came");
  });

  test("refuses bytes that are no UTF-8, and what is no bytes", () => {
    expect(() => single.readInput(Uint8Array.of(0x22, 0xff, 0x22), head)).toThrow("it is not UTF-8");
    expect(() => single.readInput({ a: 1 }, head)).toThrow("it is not bytes");
  });

  test("refuses text that is cut off, wherever it is cut", () => {
    const whole = single.writeInput({ a: [1, { b: "é" }], c: null }) as Uint8Array;
    for (let end = 1; end < whole.length; end += 1)
      expect(() => single.readInput(whole.subarray(0, end), head)).toThrow(/JSON|UTF-8/u);
  });

  test("refuses what is nested deeper than a hundred, before it is parsed", () => {
    const nested = (depth: number): Uint8Array => utf8("[".repeat(depth) + "]".repeat(depth));
    expect(single.readInput(nested(100), head)).toBeDefined();
    expect(() => single.readInput(nested(101), head)).toThrow("it is nested too deep");
    expect(() => single.readInput(nested(200_000), head)).toThrow("it is nested too deep");
  });

  test("throws for what JSON cannot hold", () => {
    const cycle: unknown[] = [];
    cycle.push(cycle);
    for (const value of [() => 1, Symbol("x"), 5n, cycle]) expect(() => single.writeOutput(value)).toThrow(TypeError);
  });
});
