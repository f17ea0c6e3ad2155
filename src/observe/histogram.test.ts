import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Histogram } from "./histogram.js";

function filled(values: readonly number[]): Histogram {
  const histogram = new Histogram();
  for (const value of values) histogram.record(value);
  return histogram;
}

/** What the percentile is, by nearest rank, where every value is kept. */
function percentileOf(values: readonly number[], p: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(1, Math.ceil((sorted.length * p) / 100)) - 1] ?? 0;
}

describe("Histogram", () => {
  test("an empty one answers 0 to everything", () => {
    const { count, max, mean } = new Histogram();
    expect({ count, max, mean }).toEqual({ count: 0, max: 0, mean: 0 });
    expect(new Histogram().percentile(99)).toBe(0);
  });

  test("every percentile is within 1 % of the sorted values, or 1 µs", () => {
    const micros = fc.oneof(
      fc.double({ min: 0, max: 1000, noNaN: true }),
      fc.double({ min: 0, max: 2 ** 32 - 1, noNaN: true }),
      fc.constantFrom(0, 255, 256, 257, 511, 512, 2 ** 31, 2 ** 32 - 1),
    );
    const p = fc.oneof(fc.constantFrom(0, 50, 90, 99, 99.9, 100), fc.double({ min: 0, max: 100, noNaN: true }));
    fc.assert(
      fc.property(fc.array(micros, { minLength: 1, maxLength: 200 }), p, (values, per) => {
        const exact = percentileOf(values, per);
        const told = filled(values).percentile(per);
        expect(Math.abs(told - exact)).toBeLessThanOrEqual(Math.max(1, exact * 0.01));
      }),
    );
  });

  test("count, mean and max are exact", () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 10_000_000 }), { minLength: 1 }), (values) => {
        const { count, max, mean } = filled(values);
        expect(count).toBe(values.length);
        expect(max).toBe(Math.max(...values));
        expect(mean).toBeCloseTo(values.reduce((sum, value) => sum + value, 0) / values.length, 6);
      }),
    );
  });

  test("percentiles never fall as p grows, and none is above max", () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 5_000_000 }), { minLength: 1 }), (values) => {
        const histogram = filled(values);
        const told = [0, 10, 50, 90, 99, 99.9, 100].map((p) => histogram.percentile(p));
        expect(told).toEqual(told.toSorted((a, b) => a - b));
        expect(told.at(-1)).toBe(histogram.max);
      }),
    );
  });

  test("what is beyond its range counts in the last slot, and is still the maximum", () => {
    const histogram = filled([1, 2 ** 40, 2 ** 41]);
    expect(histogram.max).toBe(2 ** 41);
    expect(histogram.percentile(50)).toBeGreaterThan(2 ** 31);
  });

  test("a clock that went backwards counts as 0", () => {
    expect(filled([-3]).max).toBe(0);
  });
});
