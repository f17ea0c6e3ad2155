import { describe, expect, test } from "vitest";
import { closePayload } from "./close-payload.js";

describe("What a close frame says", () => {
  test("is the code and the reason", () => {
    expect([...closePayload(1000, "ok")]).toEqual([0x03, 0xe8, 0x6f, 0x6b]);
    expect([...closePayload(4999, "")]).toEqual([0x13, 0x87]);
  });

  test("is nothing for 1005", () => {
    expect(closePayload(1005, "ignored")).toHaveLength(0);
  });

  test.each([
    ["a", 125],
    ["é", 2 + 122],
    ["漢", 125],
    ["😀", 2 + 120],
  ])("has whole characters of a long reason of %s, in %i bytes", (character, length) => {
    const payload = closePayload(1008, character.repeat(200));
    expect(payload).toHaveLength(length);
    expect(new TextDecoder("utf-8", { fatal: true }).decode(payload.subarray(2))).toBe(
      character.repeat((length - 2) / Buffer.byteLength(character)),
    );
  });
});
