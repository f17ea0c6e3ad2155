import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { OutBuffer } from "../../bytes/out-buffer.js";
import { encodeUtf8 } from "../../bytes/utf8.js";
import { DEFAULT_LIMITS } from "../limits.js";
import { contentLength } from "./content-length.js";

const LIMITS = { ...DEFAULT_LIMITS, maxMessageBytes: 600, maxHeaderBytes: 100, maxDepth: 5 };

function readAll(bytes: Uint8Array, cuts: readonly number[], limits = LIMITS): unknown[] {
  const reader = contentLength.reader(limits);
  const found: unknown[] = [];
  let from = 0;
  for (const to of [...cuts, bytes.length]) {
    const chunk = bytes.slice(from, to);
    reader.push(chunk);
    for (;;) {
      const next = reader.next();
      if (next === undefined) break;
      found.push(next === "message" ? reader.value : [next]);
      if (next === "hopeless" || next === "lost") return found;
    }
    reader.keep();
    chunk.fill(0x0a);
    from = to;
  }
  if (reader.arriving) found.push(["arriving"]);
  return found;
}

function everywhere(text: string, limits = LIMITS): unknown[] {
  const bytes = encodeUtf8(text);
  const whole = readAll(bytes, [], limits);
  for (let one = 0; one <= bytes.length; one += 1)
    expect(readAll(bytes, [one], limits), `cut at ${one}`).toEqual(whole);
  expect(
    readAll(
      bytes,
      Array.from(bytes, (_, at) => at),
      limits,
    ),
  ).toEqual(whole);
  return whole;
}

function headed(json: string, head = "Content-Length: "): string {
  return `${head}${encodeUtf8(json).length}\r\n\r\n${json}`;
}

const TABLE: readonly [what: string, text: string, found: readonly unknown[]][] = [
  ["Two messages", headed('{"a":1}') + headed("[2]"), [{ a: 1 }, [2]]],
  [
    "A name in any case, and blanks around the number",
    headed("[1]", "CONTENT-length:\t ").replace("3\r", "3 \r"),
    [[1]],
  ],
  ["A content type before and behind", `Content-Type: a/b; charset=utf-8\r\n${headed("[1]")}`, [[1]]],
  ["A content type behind", "Content-Length: 3\r\nContent-Type: x\r\n\r\n[1]", [[1]]],
  ["The length twice, the same", "Content-Length: 3\r\nContent-Length: 3\r\n\r\n[1]", [[1]]],
  ["Lines that end with LF alone", "Content-Length: 3\nContent-Type: x\n\n[1]Content-Length: 3\n\n[2]", [[1], [2]]],
  ["Line breaks between messages", `${headed("[1]")}\r\n\n${headed("[2]")}\r\n`, [[1], [2]]],
  ["Text beyond ASCII", headed('{"é":"漢🦊"}') + headed("[2]"), [{ é: "漢🦊" }, [2]]],
  ["A body that is no JSON", headed("{[1]") + headed("[2]"), [["garbage"], [2]]],
  ["An empty body", headed("") + headed("[2]"), [["garbage"], [2]]],
  ["A body too deep", headed("[[[[[[1]]]]]]") + headed("[[[[[2]]]]]"), [["deep"], [[[[[2]]]]]]],
  ["A body that has not come", "Content-Length: 3\r\n\r\n[1", [["arriving"]]],
  ["A head that has not come", `${headed("[1]")}Content-Len`, [[1], ["arriving"]]],
  ["No length", "Content-Type: x\r\n\r\n[1]", [["lost"]]],
  ["A length that is no number", "Content-Length: 3x\r\n\r\n[1]", [["lost"]]],
  ["A length below zero", "Content-Length: -3\r\n\r\n[1]", [["lost"]]],
  ["Two lengths that differ", "Content-Length: 3\r\nContent-Length: 4\r\n\r\n[1]", [["lost"]]],
  ["A line that is no field", "Content-Length: 3\r\n{}\r\n\r\n[1]", [["lost"]]],
  ["A head over the limit", `X: ${"x".repeat(100)}\r\n${headed("[1]")}`, [["lost"]]],
  ["A body over the limit", headed(`["${"x".repeat(700)}"]`) + headed("[2]"), [["skipped"], [2]]],
  ["A body too long to skip", "Content-Length: 9601\r\n\r\n", [["skipped"], ["hopeless"]]],
];

describe("Header parts", () => {
  test.each(TABLE)("%s: the same however it is cut.", (_what, text, found) => {
    expect(everywhere(text)).toEqual(found);
  });

  test("A head of exactly the limit is read, and one of a byte more is not.", () => {
    const head = "Content-Length: 3\r\n\r\n";
    expect(everywhere(`${head}[1]`, { ...LIMITS, maxHeaderBytes: head.length })).toEqual([[1]]);
    expect(everywhere(`${head}[1]`, { ...LIMITS, maxHeaderBytes: head.length - 1 })).toEqual([["lost"]]);
  });

  test("What is written is read back, in ASCII or not.", () => {
    fc.assert(
      fc.property(
        fc.array(fc.jsonValue(), { maxLength: 6 }),
        fc.array(fc.nat(), { maxLength: 5 }),
        (values, places) => {
          const writer = contentLength.writer();
          const output = new OutBuffer();
          for (const value of values) writer.add(JSON.stringify(value));
          writer.writeTo(output);
          const bytes = output.view().slice();
          output.release();
          const cuts = places.map((place) => place % (bytes.length + 1)).toSorted((a, b) => a - b);
          const limits = { ...DEFAULT_LIMITS, maxDepth: 50 };
          expect(readAll(bytes, cuts, limits)).toEqual(
            values.map((value) => JSON.parse(JSON.stringify(value)) as unknown),
          );
        },
      ),
    );
  });
});
