import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeUtf8 } from "../../bytes/utf8.js";
import { DEFAULT_LIMITS } from "../limits.js";
import { LineReader } from "./line-reader.js";

const LIMITS = { ...DEFAULT_LIMITS, maxMessageBytes: 200, maxDepth: 8 };

/** What a reader finds in bytes that come cut at these places: values, and in a list of its own what is no value. */
function readAll(bytes: Uint8Array, cuts: readonly number[], limits = LIMITS): unknown[] {
  const reader = new LineReader(limits);
  const found: unknown[] = [];
  let from = 0;
  for (const to of [...cuts, bytes.length]) {
    // Lent: what is kept of it has to be a copy.
    const chunk = bytes.slice(from, to);
    reader.push(chunk);
    for (;;) {
      const next = reader.next();
      if (next === undefined) break;
      found.push(next === "message" ? reader.value : [next]);
      if (next === "hopeless") return found;
    }
    reader.keep();
    chunk.fill(0x7b);
    from = to;
  }
  if (reader.arriving) found.push(["arriving"]);
  return found;
}

/** The same at every cut, at every two, and byte by byte. */
function everywhere(text: string | Uint8Array, limits = LIMITS): unknown[] {
  const bytes = typeof text === "string" ? encodeUtf8(text) : text;
  const whole = readAll(bytes, [], limits);
  for (let one = 0; one <= bytes.length; one += 1) {
    expect(readAll(bytes, [one], limits), `cut at ${one}`).toEqual(whole);
    const step = bytes.length < 100 ? 1 : Math.ceil(bytes.length / 4);
    for (let two = one; two <= bytes.length; two += step)
      expect(readAll(bytes, [one, two], limits), `cut at ${one} and ${two}`).toEqual(whole);
  }
  const each = Array.from(bytes, (_, at) => at);
  expect(readAll(bytes, each, limits), "byte by byte").toEqual(whole);
  return whole;
}

const GARBAGE = ["garbage"];

/** What comes, and what is found in it however it is cut. */
const TABLE: readonly [what: string, text: string, found: readonly unknown[]][] = [
  ["One message a line", '{"a":1}\n[2]\n', [{ a: 1 }, [2]]],
  ["CR LF and empty lines between messages", '{"a":1}\r\n\r\n  \n\t{"b":2}\r\n', [{ a: 1 }, { b: 2 }]],
  ["A last message without a line break", '{"a":1}', [{ a: 1 }]],
  ["Messages that follow each other on a line", '{"a":1}{"b":2} [3]\n{"c":4}\n', [{ a: 1 }, { b: 2 }, [3], { c: 4 }]],
  ["A message over several lines", '{\n  "a": [\n    1,\n    {}\n  ]\n}\n{"b":2}\n', [{ a: [1, {}] }, { b: 2 }]],
  [
    "Brackets, quotes and backslashes in texts",
    '{"]}\\"\\\\":"{[\\"\\\\"}\n["\\\\"]\n',
    [{ ']}"\\': '{["\\' }, ["\\"]],
  ],
  ["Text beyond ASCII", '{"é":"漢字"}\n["🦊"]\n{"a":"\uFFFD"}\n', [{ é: "漢字" }, ["🦊"], { a: "\uFFFD" }]],
  ["A line of a value without brackets", '1\n"two"\nnull\n{"a":1}\n', [1, "two", null, { a: 1 }]],
  ["A line that is no JSON", 'hello {"x":1}\n{"a":1}\n', [GARBAGE, { a: 1 }]],
  ["A value with a fault, and the rest of its line", '{"a" 1} {"x":1}\n{"a":1}\n', [GARBAGE, { a: 1 }]],
  ["A bracket too many", '{"a":1}}\n{"b":2}\n', [{ a: 1 }, GARBAGE, { b: 2 }]],
  ["Brackets that do not match", '{"a":[1}\n{"b":2}\n', [GARBAGE, { b: 2 }]],
  ["A text without its end", '{"a":"x\n{"b":2}\n', [GARBAGE, { b: 2 }]],
  ["A message that is cut, before the next", '{"a":1\n{"b":2}\n', [GARBAGE, { b: 2 }]],
  ["A message that is cut behind a comma", '{"a":1,\n{"b":2}\n', [GARBAGE, { b: 2 }]],
  ["A message that is cut behind a text", '{"a"\n["b"]\n', [GARBAGE, ["b"]]],
  ["A list that is cut within an object", '[\n {"a":1},\n {"b"\n]\n{"c":3}\n', [GARBAGE, { c: 3 }]],
  ["A member named __proto__", '{"__proto__":{"x":1}}\n', [JSON.parse('{"__proto__":{"x":1}}')]],
  [
    "Depth at the limit, and one more",
    "[[[[[[[[1]]]]]]]]\n[[[[[[[[[]]]]]]]]]\n[1]\n",
    [[[[[[[[[1]]]]]]]], ["deep"], [1]],
  ],
  ["A message that has only begun", '{"a":1}\n{"b":', [{ a: 1 }, ["arriving"]]],
  ["A line that has only begun", '{"a":1}\nhel', [{ a: 1 }, ["arriving"]]],
];

describe("LineReader", () => {
  test.each(TABLE)("%s: the same however it is cut.", (_what, text, found) => {
    expect(everywhere(text)).toEqual(found);
  });

  test("What is no UTF-8 is garbage, and the next line is read.", () => {
    const bytes = Uint8Array.from([...encodeUtf8('{"a":"'), 0xc3, 0x28, ...encodeUtf8('"}\n\xff{}\n{"b":2}\n')]);
    bytes[bytes.indexOf(0xc3, 9)] = 0xff;
    expect(everywhere(bytes)).toEqual([GARBAGE, GARBAGE, { b: 2 }]);
  });

  test("A message over the limit is skipped, of one line or of several, with and without a next.", () => {
    const long = JSON.stringify({ id: 1, a: "x".repeat(300) });
    const pretty = JSON.stringify(
      Array.from({ length: 60 }, (_, n) => ({ n })),
      undefined,
      1,
    );
    expect(everywhere(`${long}\n{"b":2}\n`)).toEqual([["skipped"], { b: 2 }]);
    expect(everywhere(`${pretty}{"b":2}\n`)).toEqual([["skipped"], { b: 2 }]);
    expect(everywhere(`${"y".repeat(300)}\n{"b":2}\n`)).toEqual([["skipped"], { b: 2 }]);
    expect(everywhere(`{"a":"${"x".repeat(300)}\n{"b":2}\n`)).toEqual([["skipped"], { b: 2 }]);
    expect(everywhere(`{"a":"${"x".repeat(300)}`)).toEqual([["skipped"], ["arriving"]]);
  });

  test("A message of exactly the limit is read, and one of a byte more is not.", () => {
    const text = JSON.stringify(["z".repeat(196)]);
    expect(everywhere(`${text}\n`)).toEqual([["z".repeat(196)]]);
    expect(everywhere(`${text} ${text}\n`, { ...LIMITS, maxMessageBytes: 199 })).toEqual([["skipped"], ["skipped"]]);
  });

  test("What is sixteen times the limit is skipped, and more is hopeless.", () => {
    const limits = { ...LIMITS, maxMessageBytes: 10 };
    const skipped = `["${"x".repeat(150)}"]\n{}\n`;
    const hopeless = `["${"x".repeat(200)}"]\n{}\n`;
    const line = `${"x".repeat(200)}\n{}\n`;
    expect(everywhere(skipped, limits)).toEqual([["skipped"], {}]);
    for (const text of [hopeless, line]) expect(everywhere(text, limits)).toEqual([["skipped"], ["hopeless"]]);
    expect(everywhere(`{]${"x".repeat(200)}\n`, limits)).toEqual([GARBAGE, ["hopeless"]]);
  });

  test("What is too deep or too long is shown by its beginning.", () => {
    const reader = new LineReader({ ...LIMITS, maxMessageBytes: 60 });
    reader.push(encodeUtf8(`{"id":7,"a":${"[".repeat(20)}${"]".repeat(20)}}\n{"id":8,"é":"${"x".repeat(100)}"}\n`));
    expect([reader.next(), reader.shown.slice(0, 8)]).toEqual(["deep", '{"id":7,']);
    expect([reader.next(), reader.shown.slice(0, 8)]).toEqual(["skipped", '{"id":8,']);
  });

  test("Values of any kind, written in any way, are read back however they are cut.", () => {
    const value = fc.oneof(
      fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 })),
      fc.array(fc.jsonValue({ maxDepth: 3 })),
    );
    const written = fc.record({
      value,
      indent: fc.constantFrom(undefined, 1, "\t"),
      end: fc.constantFrom("\n", "\r\n", "", " ", "\n\n"),
    });
    const limits = { ...DEFAULT_LIMITS, maxDepth: 50 };
    fc.assert(
      fc.property(fc.array(written, { maxLength: 5 }), fc.array(fc.nat(), { maxLength: 6 }), (parts, places) => {
        const text = parts
          .map(({ value: each, indent, end }) => JSON.stringify(each, undefined, indent) + end)
          .join("");
        const bytes = encodeUtf8(text);
        const cuts = places.map((place) => place % (bytes.length + 1)).toSorted((a, b) => a - b);
        const values = parts.map(({ value: each }) => JSON.parse(JSON.stringify(each)) as unknown);
        expect(readAll(bytes, cuts, limits)).toEqual(values);
        expect(readAll(bytes, [], limits)).toEqual(values);
      }),
      { numRuns: 300 },
    );
  });

  test("Whatever comes, the reader finds the same however it is cut.", () => {
    const unit = fc.constantFrom(...'{}[]",:\\ \n\n1a', "é", "null", '{"a":1}');
    const text = fc.string({ unit, maxLength: 60 });
    fc.assert(
      fc.property(text, fc.array(fc.nat(), { maxLength: 4 }), (said, places) => {
        const bytes = encodeUtf8(said);
        const cuts = places.map((place) => place % (bytes.length + 1)).toSorted((a, b) => a - b);
        const limits = { ...LIMITS, maxMessageBytes: 20, maxDepth: 3 };
        const whole = readAll(bytes, [], limits);
        expect(readAll(bytes, cuts, limits)).toEqual(whole);
        expect(
          readAll(
            bytes,
            Array.from(bytes, (_, at) => at),
            limits,
          ),
        ).toEqual(whole);
      }),
      { numRuns: 1000 },
    );
  });

  test("Many values on one line cost no more than many lines.", () => {
    const limits = { ...DEFAULT_LIMITS };
    const values = "[]".repeat(50_000);
    expect(readAll(encodeUtf8(`${values}\n`), [], limits)).toHaveLength(50_000);
    expect(readAll(encodeUtf8(values), [], limits)).toHaveLength(50_000);
    expect(readAll(encodeUtf8(`["é"]${values}\n`), [], limits)).toHaveLength(50_001);
  });
});
