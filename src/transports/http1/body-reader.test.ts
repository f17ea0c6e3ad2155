import fc from "fast-check";
import { expect, test } from "vitest";
import { InBuffer } from "../../bytes/in-buffer.js";
import { BodyReader } from "./body-reader.js";
import type { BodyLength } from "./head.js";

/** Reads a body from chunks: its bytes, how it ended, and what was left for the next. */
function read(
  length: BodyLength,
  bytes: Uint8Array,
  sizes: readonly number[],
): { body: string; end: string; rest: string } {
  const reader = new BodyReader();
  const buffer = new InBuffer();
  reader.begin(length);
  let body = "";
  let end = "more";
  for (let at = 0, i = 0; at < bytes.length && end === "more"; i += 1) {
    const size = sizes[i % sizes.length] ?? 1;
    buffer.push(bytes.slice(at, at + size));
    at += size;
    let part = reader.next(buffer);
    while (part === "bytes") {
      body += Buffer.from(buffer.bytes.subarray(reader.range.start, reader.range.end)).toString("latin1");
      if (reader.whole) break;
      part = reader.next(buffer);
    }
    if (reader.whole || part === "broken") {
      end = reader.whole ? "whole" : "broken";
      const held = buffer.bytes.subarray(buffer.at, buffer.until);
      return { body, end, rest: Buffer.concat([held, bytes.subarray(at)]).toString("latin1") };
    }
    buffer.keep();
  }
  return { body, end, rest: "" };
}

const sizes = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 5 });
const text = fc.string({
  unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
  maxLength: 40,
});

test("A body of any length is found, however it is cut, and what follows is left.", () => {
  fc.assert(
    fc.property(text, text, sizes, (body, rest, sizes) => {
      const bytes = Buffer.from(body + rest, "latin1");
      if (bytes.length > 0) expect(read(body.length, bytes, sizes)).toEqual({ body, end: "whole", rest });
    }),
  );
});

test("A body in any chunks is found, however it is cut, and what follows is left.", () => {
  const token = fc.string({ unit: fc.constantFrom(..."abz019!#$%&'*+-.^_`|~"), minLength: 1, maxLength: 5 });
  const quoted = fc
    .array(fc.constantFrom("a", ";", " ", "\t", "é", '\\"', "\\\\", "\\a", "="), { maxLength: 4 })
    .map((parts) => `"${parts.join("")}"`);
  const extension = fc
    .tuple(token, fc.option(fc.oneof(token, quoted)))
    .map(([name, value]) => `;${name}${value === null ? "" : `=${value}`}`);
  const line = fc.tuple(fc.constantFrom("", "0", "00"), fc.array(extension, { maxLength: 2 }));
  const chunks = fc.array(
    fc.tuple(
      text.filter(({ length }) => length > 0),
      line,
    ),
    { maxLength: 4 },
  );
  const trailers = fc.array(fc.tuple(token, fc.constantFrom("", " a", "\tb c ")), { maxLength: 2 });
  fc.assert(
    fc.property(chunks, line, trailers, text, sizes, (chunks, last, trailers, rest, sizes) => {
      const written = [
        ...chunks.map(
          ([data, [zeros, extensions]]) => `${zeros}${data.length.toString(16)}${extensions.join("")}\r\n${data}\r\n`,
        ),
        `0${last[0]}${last[1].join("")}\r\n`,
        ...trailers.map(([name, value]) => `${name}:${value}\r\n`),
        "\r\n",
      ].join("");
      const expected = { body: chunks.map(([data]) => data).join(""), end: "whole", rest };
      const bytes = Buffer.from(written + rest, "latin1");
      expect(read("chunked", bytes, sizes)).toEqual(expected);
      expect(read("chunked", bytes, [1])).toEqual(expected);
      // Whatever is missing is waited for.
      expect(read("chunked", Buffer.from(written.slice(0, -1), "latin1"), sizes).end).toBe("more");
    }),
  );
});

test("Any bytes are chunks, or none, in the same way however they are cut.", () => {
  const piece = fc.constantFrom("0", "5", "a", "\r\n", "\n", "\r", ";", "=", '"', "\\", " ", ":", "hello", "\0");
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1, maxLength: 12 }), sizes, (pieces, sizes) => {
      const bytes = Buffer.from(`5\r\nhello\r\n${pieces.join("")}`, "latin1");
      const whole = read("chunked", bytes, [1000]);
      const cut = read("chunked", bytes, sizes);
      expect([cut.body, cut.end]).toEqual([whole.body, whole.end]);
      if (whole.end === "whole") expect(cut.rest).toBe(whole.rest);
    }),
    { numRuns: 1000 },
  );
});

test("A body that is read while it comes says how long it will be at least.", () => {
  const reader = new BodyReader();
  const buffer = new InBuffer();
  reader.begin("chunked");
  buffer.push(Buffer.from("5\r\nhello\r\nff\r\nab"));
  expect([reader.next(buffer), reader.atLeast]).toEqual(["bytes", 5]);
  expect([reader.next(buffer), reader.atLeast]).toEqual(["bytes", 260]);
  reader.begin(7);
  buffer.clear();
  buffer.push(Buffer.from("ab"));
  expect([reader.next(buffer), reader.atLeast, reader.left]).toEqual(["bytes", 7, 5]);
  reader.begin("close");
  expect([reader.next(buffer), reader.atLeast, reader.endsWithConnection]).toEqual(["more", 0, true]);
});
