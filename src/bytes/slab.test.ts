import { expect, test } from "vitest";
import { copyOf } from "./slab.js";

test("Copies are equal to what they were made of, and stay so when it and other copies change.", () => {
  const sources = Array.from({ length: 3000 }, (_, n) => new Uint8Array(n % 50).fill(n));
  // A Buffer's own `slice` copies nothing.
  sources.push(new Uint8Array(100_000).fill(7), Buffer.alloc(10, 8), Buffer.alloc(5000, 9));
  const copies = sources.map(copyOf);
  const expected = sources.map((source) => Buffer.from(source).toString("hex"));
  for (const source of sources) source.fill(0xee);
  copies[5]?.fill(0xdd);
  copies.forEach((copy, n) => {
    if (n !== 5) expect(Buffer.from(copy).toString("hex")).toBe(expected[n]);
  });
});
