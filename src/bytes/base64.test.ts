import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Base64Decoder, encodeBase64 } from "./base64.js";

function decode(...pieces: readonly string[]): number[] | undefined {
  const decoder = new Base64Decoder();
  if (!pieces.every((piece) => decoder.push(piece))) return undefined;
  const bytes = decoder.finish();
  return bytes === undefined ? undefined : [...bytes];
}

const spaces = fc.stringMatching(/^[ \t\r\n]{0,3}$/u);

describe("base64", () => {
  test("any bytes are encoded as the platform encodes them", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(encodeBase64(bytes)).toBe(Buffer.from(bytes).toString("base64"));
      }),
    );
  });

  test("any bytes are read back, however their text is cut and spaced", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.array(fc.tuple(fc.nat(100), spaces)), (bytes, spaced) => {
        let text = encodeBase64(bytes);
        const pieces: string[] = [];
        for (const [at, space] of spaced) {
          pieces.push(text.slice(0, at) + space);
          text = text.slice(at);
        }
        expect(decode(...pieces, text)).toEqual([...bytes]);
        expect(decode(...[...pieces, text].join(""))).toEqual([...bytes]);
      }),
      { numRuns: 500 },
    );
  });

  test("many megabytes in pieces of odd lengths are read back", () => {
    const bytes = Uint8Array.from({ length: 300_001 }, (_, i) => (i * 7919) >> 3);
    const text = encodeBase64(bytes);
    const decoder = new Base64Decoder();
    for (let at = 0, size = 1; at < text.length; at += size, size = (size * 3 + 1) % 9973)
      expect(decoder.push(text.slice(at, at + size))).toBe(true);
    expect(Buffer.compare(decoder.finish() ?? new Uint8Array(), bytes)).toBe(0);
  });

  test("nothing is no bytes, and so is white space", () => {
    expect(decode()).toEqual([]);
    expect(decode("", " \r\n\t")).toEqual([]);
  });

  test("a digit's bits beyond the last whole byte are dropped", () => {
    expect(decode("YR==")).toEqual([0x61]);
  });

  test.each([
    ["Y", "one digit"],
    ["YQ", "no padding"],
    ["YQ=", "half the padding"],
    ["YWI", "no padding after three digits"],
    ["YWJj=", "padding that nothing needs"],
    ["YQ===", "too much padding"],
    ["====", "padding alone"],
    ["YQ==YQ==", "more after the padding"],
    ["YWI=x", "a digit after the padding"],
    ["YW-_", "the alphabet of URLs"],
    ["YW&j", "a character of no alphabet"],
    ["YWé=", "a letter beyond ASCII"],
    ["YW\u0141j", "a character whose low byte is a digit"],
    ["YW\u0000j", "a control character"],
    ["YW\u000bj", "white space that is none of XML's"],
  ])("%j is refused: %s", (text) => {
    expect(decode(text)).toBeUndefined();
    expect(decode(...text)).toBeUndefined();
  });
});
