import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { JsonTexts } from "../../src/cli/json-texts.js";

function cut(chunks: readonly string[]): readonly string[] {
  const texts = new JsonTexts();
  return [...chunks.flatMap((chunk) => texts.push(chunk)), ...texts.end()];
}

describe("JsonTexts", () => {
  test("finds the texts that were put one after the other, however they are cut", () => {
    const values = fc.array(fc.jsonValue(), { maxLength: 5 });
    const blank = fc.constantFrom(" ", "\n", "\r\n", "\n\n\t");
    fc.assert(
      fc.property(values, blank, fc.boolean(), fc.integer({ min: 1, max: 9 }), (all, between, pretty, size) => {
        const text = all.map((value) => JSON.stringify(value, undefined, pretty ? 2 : 0)).join(between);
        const chunks = text.match(new RegExp(`[^]{1,${size}}`, "gu")) ?? [];
        expect(cut(chunks).map((each) => JSON.parse(each) as unknown)).toEqual(JSON.parse(JSON.stringify(all)));
      }),
    );
  });

  test("hands on a text as soon as it is whole", () => {
    const texts = new JsonTexts();
    expect(texts.push('{"a":1}{"b"')).toEqual(['{"a":1}']);
    expect(texts.push(":2}")).toEqual(['{"b":2}']);
    expect(texts.push("12")).toEqual([]);
    expect(texts.push("3\n")).toEqual(["123"]);
  });

  test("hands on what is no JSON too, for the parser to complain of", () => {
    expect(cut(["1\n2x\n]\n3"])).toEqual(["1", "2x", "]", "3"]);
  });

  test("knows brackets and quotes within strings", () => {
    expect(cut([String.raw`"]}\" [{" "b"`])).toEqual([String.raw`"]}\" [{"`, '"b"']);
  });
});
