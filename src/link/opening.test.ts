import { describe, expect, test } from "vitest";
import { Opening, type SweepLimits } from "./opening.js";

const LIMITS: SweepLimits = { firstTicks: 4, detectTicks: 2, idleTicks: 100 };
const SILENT = "it has not said anything in time";
const SLOW = "it did not show in time what it speaks";

describe("An opening", () => {
  test("joins what was kept and what comes.", () => {
    const opening = new Opening();
    const lent = Uint8Array.of(1, 2);
    expect(opening.join(lent)).toBe(lent);
    opening.keep(lent);
    lent.fill(0);
    expect([...opening.join(Uint8Array.of(3))]).toEqual([1, 2, 3]);
  });

  test("may be silent for so many sweeps, and has others from its first byte on, however many come.", () => {
    const silent = new Opening();
    expect(Array.from({ length: 6 }, () => silent.tick(LIMITS))).toEqual([
      ...Array.from({ length: 4 }, () => undefined),
      SILENT,
      SILENT,
    ]);
    const slow = new Opening();
    for (let n = 0; n < 4; n += 1) expect(slow.tick(LIMITS)).toBeUndefined();
    const said = Array.from({ length: 3 }, () => {
      slow.keep(slow.join(Uint8Array.of(1)));
      return slow.tick(LIMITS);
    });
    expect(said).toEqual([undefined, undefined, SLOW]);
  });
});
