import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { MESSAGE_CODINGS } from "./message-codings.js";

const TEXT = new TextEncoder().encode("abc".repeat(1000));

describe.each(Object.entries(MESSAGE_CODINGS))("The coding %s", (_, coding) => {
  test("gives back what it was given, and makes it shorter.", () => {
    const coded = coding.encode(TEXT);
    expect(coded.length).toBeLessThan(TEXT.length / 10);
    expect(coding.decode(coded, TEXT.length)).toEqual(TEXT);
    expect(coding.decode(coding.encode(new Uint8Array(0)), 0)).toEqual(new Uint8Array(0));
  });

  test("makes plain arrays of bytes, without node's methods.", () => {
    expect(Object.getPrototypeOf(coding.encode(TEXT))).toBe(Uint8Array.prototype);
    expect(Object.getPrototypeOf(coding.decode(coding.encode(TEXT), 5000))).toBe(Uint8Array.prototype);
  });

  test("stops at the first byte too many.", () => {
    expect(coding.decode(coding.encode(TEXT), TEXT.length - 1)).toBe("oversized");
    expect(coding.decode(coding.encode(new Uint8Array(20_000_000)), 1000)).toBe("oversized");
  });

  test("takes nothing that is cut short or of another kind.", () => {
    const coded = coding.encode(TEXT);
    for (let cut = 1; cut < coded.length; cut += 1) expect(coding.decode(coded.subarray(0, cut), 5000)).toBe("broken");
    expect(coding.decode(TEXT, 5000)).toBe("broken");
  });
});

test("There is zstd from Node 22.15 on.", () => {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const has = major > 22 || (major === 22 && minor >= 15);
  expect(Object.keys(MESSAGE_CODINGS)).toEqual(["gzip", "deflate", "br", ...(has ? ["zstd"] : [])]);
});

test("An empty message is empty, compressed or not.", () => {
  const none = new Uint8Array(0);
  for (const coding of Object.values(MESSAGE_CODINGS)) expect(coding.decode(none, 5)).toEqual(none);
});

test("Gzip is what other programs call gzip.", () => {
  expect(MESSAGE_CODINGS["gzip"]?.decode(gzipSync("hello"), 5)).toEqual(new TextEncoder().encode("hello"));
});
