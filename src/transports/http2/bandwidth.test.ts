import { describe, expect, test } from "vitest";
import { Bandwidth } from "./bandwidth.js";

/** A way with a delay, and so many bytes a millisecond at the most: what is in flight beyond that waits in a queue. */
function along(delayMs: number, rate: number, { from, most }: { from: number; most: number }): number[] {
  const bandwidth = new Bandwidth(from, most);
  const sizes: number[] = [];
  let now = 1000;
  for (let round = 0; round < 40 && !bandwidth.done; round += 1) {
    bandwidth.begin(now);
    const { window } = bandwidth;
    // A sender with a window sends all of it in one delay, or as much as the way lets.
    now += Math.max(delayMs, window / rate);
    bandwidth.came(window);
    bandwidth.end(now);
    sizes.push(bandwidth.window);
  }
  return sizes;
}

describe("A window", () => {
  test("grows to what a long and wide way holds, and not much further", () => {
    // 100 ms at 100 bytes/µs: ten million bytes are in flight.
    const sizes = along(100, 100_000, { from: 65_536, most: 64_000_000 });
    expect(sizes.at(-1)).toBeGreaterThan(10_000_000);
    expect(sizes.at(-1)).toBeLessThan(40_000_000);
    expect(sizes.at(-1)).toBe(sizes.at(-10));
  });

  test("stays as it is on a way that it is large enough for", () => {
    expect(along(1, 1000, { from: 65_536, most: 64_000_000 }).at(-1)).toBeLessThan(200_000);
  });

  test("does not grow beyond what it may", () => {
    expect(along(100, 100_000, { from: 65_536, most: 1_000_000 }).at(-1)).toBe(1_000_000);
  });

  test("stays as it is where little is in flight, however fast it is", () => {
    const bandwidth = new Bandwidth(65_536, 1_000_000);
    bandwidth.begin(0);
    bandwidth.came(20_000);
    expect(bandwidth.end(0.1)).toBe(false);
    expect(bandwidth.window).toBe(65_536);
  });

  test("follows what is in flight where there is no clock", () => {
    const bandwidth = new Bandwidth(65_536, 1_000_000);
    bandwidth.begin(0);
    bandwidth.came(65_536);
    expect(bandwidth.end(0)).toBe(true);
    expect(bandwidth.window).toBe(131_072);
  });
});
