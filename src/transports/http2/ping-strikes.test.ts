import { describe, expect, test } from "vitest";
import { type PingRules, PingStrikes } from "./ping-strikes.js";

const RULES: PingRules = { minTimeMs: 300_000, withoutCalls: false };
const HOUR = 3_600_000;

/** What a row of PINGs comes to: the place of the one that is too many; undefined where none is. */
function firstTooMany(rules: PingRules, times: readonly number[], open: boolean): number | undefined {
  const strikes = new PingStrikes(rules);
  const found = times.findIndex((at) => strikes.came(at, open));
  return found < 0 ? undefined : found;
}

describe("PINGs of a client", () => {
  test.each([
    ["five minutes apart while calls are open", RULES, [0, 300_000, 600_000, 900_000, 1_200_000], true, undefined],
    ["at once, one after the other", RULES, [0, 0, 0, 0], true, 3],
    ["a little too often", RULES, [0, 200_000, 250_000, 299_999], true, 3],
    ["five minutes apart without calls", RULES, [0, 300_000, 600_000, 900_000], false, 3],
    ["two hours apart without calls", RULES, [0, 2 * HOUR, 4 * HOUR, 6 * HOUR, 8 * HOUR], false, undefined],
    ["five minutes apart without calls, where that is allowed", { ...RULES, withoutCalls: true }, [0, 300_000, 600_000, 900_000], false, undefined],
    ["at any time, where all are allowed", { minTimeMs: 0, withoutCalls: true }, [0, 0, 0, 0, 0, 0], false, undefined],
  ] as const)("%s.", (_what, rules, times, open, tooMany) => {
    expect(firstTooMany(rules, times, open)).toBe(tooMany);
  }); // prettier-ignore

  test("are forgiven when something is sent, and the next one is in time.", () => {
    const strikes = new PingStrikes(RULES);
    for (let round = 0; round < 100; round += 1) {
      expect([strikes.came(round, true), strikes.came(round, true), strikes.came(round, true)]).toEqual([
        false,
        false,
        false,
      ]);
      strikes.forgive();
    }
  });

  test("that come too early do not put off the one that is in time.", () => {
    const strikes = new PingStrikes(RULES);
    expect(strikes.came(0, true)).toBe(false);
    expect(strikes.came(200_000, true)).toBe(false);
    expect(strikes.came(300_000, true)).toBe(false);
    expect(strikes.came(600_000, true)).toBe(false);
    expect(strikes.came(600_001, true)).toBe(false);
    expect(strikes.came(600_002, true)).toBe(true);
  });
});
