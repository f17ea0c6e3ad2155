import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { deeperThan } from "./json-depth.js";
import { encodeUtf8 } from "./utf8.js";

/** How many arrays and objects a value has within each other, counted from the value itself. */
function depthOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

function deeper(text: string, limit: number): boolean {
  const bytes = encodeUtf8(text);
  return deeperThan(bytes, { start: 0, end: bytes.length, limit });
}

/** Texts full of what could be taken for structure. */
const tricky = fc.string({ unit: fc.constantFrom("[", "]", "{", "}", '"', "\\", "/", "u", "a", "é", "😀", "\n", " ") });

describe("deeperThan", () => {
  test("agrees with the parsed value on any JSON, however it is indented", () => {
    const json = fc.jsonValue({ maxDepth: 6 }).chain((value) =>
      fc.record({
        value: fc.oneof(
          fc.constant(value),
          fc.array(fc.dictionary(tricky, fc.array(tricky)), { maxLength: 3 }) as fc.Arbitrary<unknown>,
        ),
        indent: fc.constantFrom(undefined, 1, "\t"),
        limit: fc.nat(7),
      }),
    );
    fc.assert(
      fc.property(json, ({ value, indent, limit }) => {
        expect(deeper(JSON.stringify(value, null, indent), limit)).toBe(depthOf(value) > limit);
      }),
      { numRuns: 2000 },
    );
  });

  test("agrees at, below and above every limit on pure nesting", () => {
    for (let depth = 1; depth < 150; depth += 1) {
      for (const [open, close] of [
        ["[", "]"],
        ['{"a":', "}"],
      ] as const) {
        const text = `${open.repeat(depth)}1${close.repeat(depth)}`;
        expect(deeper(text, depth - 1)).toBe(true);
        expect(deeper(text, depth)).toBe(false);
      }
    }
  });

  test("many brackets beside each other are not deep", () => {
    expect(deeper(`[${"[],".repeat(1000)}{}]`, 2)).toBe(false);
    expect(deeper(`[${"[],".repeat(1000)}{}]`, 1)).toBe(true);
  });

  test("brackets within strings and keys do not count, whatever is escaped before them", () => {
    expect(deeper(JSON.stringify({ ["[".repeat(99)]: '\\"[[[[[[\\\\' }), 1)).toBe(false);
    expect(deeper('["\\\\", [1]]        ', 1)).toBe(true);
    expect(deeper('["\\\\\\"", 1, 2, 3, 4]', 1)).toBe(false);
  });

  test("only the range asked about is read", () => {
    const bytes = encodeUtf8(`[[[[[[1]]]]]]{"in":"ping"}[[[[[[1]]]]]]`);
    expect(deeperThan(bytes, { start: 13, end: 26, limit: 1 })).toBe(false);
    expect(deeperThan(bytes, { start: 0, end: bytes.length, limit: 5 })).toBe(true);
  });

  test("text that is no JSON gets an answer and does no harm", () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.nat(4), (bytes, limit) => {
        expect(typeof deeperThan(bytes, { start: 0, end: bytes.length, limit })).toBe("boolean");
      }),
    );
  });
});
