import { expect, test } from "vitest";
import { accepts, compressionOf } from "./compression.js";
import { envelopedMessage } from "./enveloped-message.js";
import { DEFAULT_LIMITS } from "./limits.js";
import type { MessageCoding } from "./wire.js";

const HALF: MessageCoding = { encode: (bytes) => bytes.subarray(0, bytes.length / 2), decode: () => "broken" };
const OPTIONS = { limits: DEFAULT_LIMITS, peer: { address: "" }, codings: { half: HALF } };

test("A list of codings names those that are in it, whatever their case and weight.", () => {
  for (const list of ["gzip", "br, gzip", "GZIP;q=0.5,br"]) expect(accepts(list, "gzip")).toBe(true);
  for (const list of ["", "gzip2", "x-gzip, br", "br;gzip"]) expect(accepts(list, "gzip")).toBe(false);
});

test("Nothing is compressed unless it is asked for, and known.", () => {
  expect(compressionOf(OPTIONS)).toBeUndefined();
  expect(compressionOf({ ...OPTIONS, sendCompression: "toString" })).toBeUndefined();
  expect(compressionOf({ ...OPTIONS, sendCompression: "half" })).toEqual({
    name: "half",
    coding: HALF,
    minBytes: 1024,
  });
  expect(compressionOf({ ...OPTIONS, sendCompression: "half", compressMinBytes: 0 })?.minBytes).toBe(0);
});

test("A message is compressed from the least length on, and only where that makes it shorter.", () => {
  const half = { name: "half", coding: HALF, minBytes: 4 };
  expect([...envelopedMessage(Uint8Array.of(1, 2, 3, 4), half)]).toEqual([1, 0, 0, 0, 2, 1, 2]);
  expect([...envelopedMessage(Uint8Array.of(1, 2, 3), half)]).toEqual([0, 0, 0, 0, 3, 1, 2, 3]);
  const longer = { ...half, coding: { ...HALF, encode: () => new Uint8Array(9) } };
  expect([...envelopedMessage(Uint8Array.of(1, 2, 3, 4), longer)]).toEqual([0, 0, 0, 0, 4, 1, 2, 3, 4]);
  expect([...envelopedMessage(Uint8Array.of(1, 2, 3, 4), undefined)]).toEqual([0, 0, 0, 0, 4, 1, 2, 3, 4]);
});
