import { expect, test } from "vitest";
import { decodeAnyBase64, encodeUnpadded } from "./base64-text.js";

const SAMPLES = ["", "f", "fo", "foo", "foob", "\u00fb\u00ff\u00fe"].map((text) => Buffer.from(text, "latin1"));

test("Bytes are written without padding, and read with it or without, in both alphabets.", () => {
  for (const bytes of SAMPLES) {
    expect(encodeUnpadded(bytes)).toBe(bytes.toString("base64").replaceAll("=", ""));
    for (const text of [encodeUnpadded(bytes), bytes.toString("base64"), bytes.toString("base64url")])
      expect([...(decodeAnyBase64(text) ?? [-1])]).toEqual([...bytes]);
  }
});

test.each(["A", "AAAAA", "A===", "AA=A", "====", "Zg=A", "Z!==", "é", "Zg ==", "Zm 9v", "Zm9v\n"])(
  "%j is no base64.",
  (text) => {
    expect(decodeAnyBase64(text)).toBeUndefined();
  },
);
