import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeUtf8, encodeAscii, encodeUtf8 } from "./utf8.js";

/** Any text that UTF-8 can hold: fast-check's whole graphemes, without halves of surrogate pairs. */
const text = fc.string({ unit: "binary" });

describe("utf8", () => {
  test("any text is read back, wherever in the bytes it stands", () => {
    fc.assert(
      fc.property(text, fc.nat(5), fc.nat(5), (written, before, after) => {
        const body = encodeUtf8(written);
        const bytes = new Uint8Array(before + body.length + after).fill(0xff);
        bytes.set(body, before);
        expect(decodeUtf8(bytes, before, before + body.length)).toBe(written);
      }),
    );
  });

  test("any bytes are decoded as the platform decodes them strictly, or refused", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        let strict: string | undefined;
        try {
          strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
        } catch {
          strict = undefined;
        }
        expect(decodeUtf8(bytes, 0, bytes.length)).toBe(strict);
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    ["a lone continuation byte", [0x80]],
    ["a sequence that is cut short", [0xe2, 0x82]],
    ["an overlong slash", [0xc0, 0xaf]],
    ["half a surrogate pair", [0xed, 0xa0, 0x80]],
    ["more than U+10FFFF", [0xf4, 0x90, 0x80, 0x80]],
  ])("%s is no UTF-8", (_what, bytes) => {
    expect(decodeUtf8(Uint8Array.from(bytes), 0, bytes.length)).toBeUndefined();
  });

  test("a replacement character that was really sent is no error", () => {
    expect(decodeUtf8(encodeUtf8("a\uFFFDb"), 0, 5)).toBe("a\uFFFDb");
  });

  test("a byte order mark is part of the text", () => {
    expect(decodeUtf8(Uint8Array.of(0xef, 0xbb, 0xbf, 0x31), 0, 4)).toBe("\uFEFF1");
  });

  test("half a surrogate pair is written as a replacement character", () => {
    expect([...encodeUtf8("\ud800")]).toEqual([0xef, 0xbf, 0xbd]);
  });

  test("encodeAscii writes exactly the texts that are ASCII and refuses the others", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary-ascii" }), text), (written) => {
        const target = new Uint8Array(written.length);
        // oxlint-disable-next-line no-control-regex -- ASCII begins with the control characters
        const ascii = /^[\u0000-\u007f]*$/u.test(written);
        expect(encodeAscii(written, target)).toBe(ascii);
        if (ascii) expect(target).toEqual(encodeUtf8(written));
      }),
      { numRuns: 2000 },
    );
  });

  test.each(["é", "éa", "aé", "aéb", "😀", "😀ab", "ab😀", "\ud800", "a\udc00"])(
    "encodeAscii refuses %j, however well its bytes would fit",
    (written) => {
      expect(encodeAscii(written, new Uint8Array(written.length))).toBe(false);
    },
  );
});
