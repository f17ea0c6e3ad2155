import { expect, test } from "vitest";
import { InBuffer } from "./in-buffer.js";

/** Bytes that count up from a number. */
function counting(from: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => from + at);
}

/** Pushes bytes in chunks that are written over once they have been kept. */
function pushAll(buffer: InBuffer, bytes: Uint8Array, size: number): void {
  for (let at = 0; at < bytes.length; at += size) {
    const chunk = bytes.slice(at, at + size);
    buffer.push(chunk);
    buffer.keep();
    chunk.fill(0xff);
  }
}

test("What is kept is what came, whatever its chunks, and whatever is wanted.", () => {
  const bytes = counting(0, 5000);
  for (const size of [1, 7, 100, 4999, 5000])
    for (const wanted of [0, 3000, 5000, 10_000, 2 ** 32]) {
      const buffer = new InBuffer();
      buffer.wanted = wanted;
      pushAll(buffer, bytes, size);
      expect(buffer.held).toBe(5000);
      expect(buffer.bytes.subarray(buffer.at, buffer.until)).toEqual(bytes);
    }
});

test("What was used of the buffer's own memory is not written into again.", () => {
  const buffer = new InBuffer();
  expect(buffer.owned).toBe(false);
  buffer.push(counting(0, 10));
  expect(buffer.owned).toBe(false);
  buffer.keep();
  expect(buffer.owned).toBe(true);
  const used = buffer.bytes.subarray(buffer.at, buffer.at + 6);
  buffer.at += 6;
  for (let round = 0; round < 100; round += 1) {
    buffer.push(counting(10, 50));
    buffer.keep();
    buffer.at += 49;
  }
  buffer.at = buffer.until;
  buffer.keep();
  buffer.push(counting(99, 10));
  buffer.keep();
  expect(used).toEqual(counting(0, 6));
});

test("Memory is taken at once for what is wanted, and little where only a length was claimed.", () => {
  const buffer = new InBuffer();
  buffer.wanted = 100_000;
  pushAll(buffer, counting(0, 10_000), 10_000);
  expect(buffer.bytes.length).toBe(100_000);
  const claimed = new InBuffer();
  claimed.wanted = 2 ** 32;
  pushAll(claimed, counting(0, 12), 12);
  expect(claimed.bytes.length).toBeLessThanOrEqual(256);
});
