import { describe, expect, test } from "vitest";
import { Keepalive, type KeepaliveTimes } from "./keepalive.js";

const TIMES: KeepaliveTimes = { silenceMs: 1000, answerMs: 300, withoutCalls: false };

/** Lets time pass while this process is awake. */
function pass(keepalive: Keepalive, ms: number, open = true): string | undefined {
  return keepalive.tick(ms, open);
}

describe("A peer that is silent", () => {
  test("is asked once its silence is long enough, and lost when it does not answer in time.", () => {
    const keepalive = new Keepalive(TIMES);
    expect(pass(keepalive, 999)).toBeUndefined();
    expect(pass(keepalive, 1)).toBe("ask");
    expect(keepalive.asked).toBe(true);
    expect(pass(keepalive, 299)).toBeUndefined();
    expect(pass(keepalive, 1)).toBe("lost");
  });

  test("is asked again after its next silence, not before.", () => {
    const keepalive = new Keepalive(TIMES);
    expect(pass(keepalive, 1000)).toBe("ask");
    keepalive.heard();
    expect(keepalive.asked).toBe(false);
    expect(pass(keepalive, 999)).toBeUndefined();
    keepalive.heard();
    expect(pass(keepalive, 999)).toBeUndefined();
    expect(pass(keepalive, 1)).toBe("ask");
  });

  test("is left alone while no calls are open, unless it is to be asked then too.", () => {
    expect(pass(new Keepalive(TIMES), 1e9, false)).toBeUndefined();
    expect(pass(new Keepalive({ ...TIMES, withoutCalls: true }), 1000, false)).toBe("ask");
  });

  test("has been silent for longer than the interval when a call is made: it is asked at once, and not after another interval (A8).", () => {
    const keepalive = new Keepalive(TIMES);
    expect(pass(keepalive, 5000, false)).toBeUndefined();
    expect(pass(keepalive, 1, true)).toBe("ask");
  });

  test("that was asked while calls were open has to answer though they have ended.", () => {
    const keepalive = new Keepalive(TIMES);
    expect(pass(keepalive, 1000)).toBe("ask");
    expect(pass(keepalive, 300, false)).toBe("lost");
  });

  test("may be asked on somebody's wish, and then has to answer.", () => {
    const keepalive = new Keepalive({ ...TIMES, silenceMs: Number.POSITIVE_INFINITY });
    expect(pass(keepalive, 1e9)).toBeUndefined();
    keepalive.ask();
    expect(pass(keepalive, 299, false)).toBeUndefined();
    expect(pass(keepalive, 1, false)).toBe("lost");
  });

  test("is not blamed for the time in which this process could not hear it.", () => {
    let wall = 5000;
    const keepalive = new Keepalive({ ...TIMES, wallNow: () => wall });
    wall += 3_600_000;
    expect(pass(keepalive, 1)).toBe("ask");
    wall += 3_600_000;
    expect(pass(keepalive, 1)).toBeUndefined();
    expect(keepalive.silentMs).toBe(7_200_000);
    // A clock that is set back says nothing.
    wall = 0;
    expect(pass(keepalive, 1)).toBeUndefined();
    expect(keepalive.silentMs).toBe(7_200_001);
    expect(pass(keepalive, 298)).toBe("lost");
  });

  test("is never lost where no time is too long.", () => {
    const never = new Keepalive({ silenceMs: 1, answerMs: Number.POSITIVE_INFINITY, withoutCalls: true });
    expect(pass(never, 1)).toBe("ask");
    expect(pass(never, 1e12)).toBeUndefined();
  });
});
