import fc from "fast-check";
import { expect, test } from "vitest";
import { backoffMs } from "./backoff.js";

test("The backoff begins at 1 s, grows by 1.6 and stays at 120 s", () => {
  const waits = [1, 2, 3, 4, 10, 11, 12, 1000, 1_000_000].map((failures) => Math.round(backoffMs(failures, 0.5)));
  expect(waits).toEqual([1000, 1600, 2560, 4096, 68_719, 109_951, 120_000, 120_000, 120_000]);
});

test("The backoff is a fifth longer or shorter by chance, and never more", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 50 }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (failures, random) => {
        const plain = backoffMs(failures, 0.5);
        const wait = backoffMs(failures, random);
        expect(wait).toBeGreaterThanOrEqual(plain * 0.8 - 1e-6);
        expect(wait).toBeLessThan(plain * 1.2 + 1e-6);
      },
    ),
  );
});
