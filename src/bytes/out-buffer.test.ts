import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { OutBuffer } from "./out-buffer.js";

describe("OutBuffer", () => {
  test("holds what was pushed, in order, over any number of growths", () => {
    const sizes = fc.array(fc.oneof(fc.nat(100), fc.nat(70_000)), { maxLength: 8 });
    fc.assert(
      fc.property(sizes, (lengths) => {
        const buffer = new OutBuffer();
        const chunks = lengths.map((length, i) => new Uint8Array(length).fill(i + 1));
        for (const chunk of chunks) buffer.push(chunk);
        expect(Buffer.compare(buffer.view(), Buffer.concat(chunks))).toBe(0);
        expect(buffer.length).toBe(lengths.reduce((sum, length) => sum + length, 0));
        buffer.release();
      }),
      { numRuns: 50 },
    );
  });

  test("takes no memory until the first byte, and none after release", () => {
    const buffer = new OutBuffer();
    expect(buffer.bytes.length).toBe(0);
    buffer.push(Uint8Array.of(1));
    expect(buffer.bytes.length).toBeGreaterThan(0);
    buffer.release();
    expect(buffer.bytes.length).toBe(0);
    expect(buffer.view().length).toBe(0);
  });

  test("a released buffer is used again, a forgotten one is left to who holds it", () => {
    const first = new OutBuffer();
    first.push(Uint8Array.of(1));
    const released = first.bytes;
    first.release();
    const second = new OutBuffer();
    second.push(Uint8Array.of(2));
    expect(second.bytes).toBe(released);
    second.forget();
    first.push(Uint8Array.of(3));
    expect(first.bytes).not.toBe(released);
    expect(released[0]).toBe(2);
    first.release();
  });

  test("what was written before a growth stays", () => {
    const buffer = new OutBuffer();
    buffer.push(Uint8Array.of(1, 2, 3));
    const at = buffer.reserve(200_000);
    expect(at).toBe(3);
    expect([...buffer.bytes.subarray(0, 3)]).toEqual([1, 2, 3]);
  });
});
