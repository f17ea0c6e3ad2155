import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { startDeadline } from "./deadline.js";
import type { Status } from "./status.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function call(): { heard: Status[]; cancel(status: Status): void } {
  const heard: Status[] = [];
  return { heard, cancel: (status) => void heard.push(status) };
}

test("A deadline cancels its call when the time is up, and says which call and how long", () => {
  const one = call();
  startDeadline(one, 500, "demo.Greeter/hello");
  vi.advanceTimersByTime(499);
  expect(one.heard).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(one.heard).toMatchObject([
    { code: "deadline_exceeded", message: expect.stringMatching(/demo\.Greeter\/hello .* 500 ms/u) },
  ]);
});

test("A deadline knows whether it has passed, whether or not the timer had its turn", () => {
  const timer = startDeadline(call(), 500, "demo.Greeter/hello");
  timer.clear();
  vi.advanceTimersByTime(499);
  expect(timer.late()).toBeUndefined();
  vi.advanceTimersByTime(1);
  expect(timer.late()).toMatchObject({ code: "deadline_exceeded" });
});

test("A deadline that was cleared does nothing", () => {
  const one = call();
  startDeadline(one, 500, "x").clear();
  vi.advanceTimersByTime(1000);
  expect(one.heard).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
});

test.each([2 ** 31, 1e12, Number.MAX_SAFE_INTEGER, Number.POSITIVE_INFINITY])(
  "A deadline of %s ms, longer than a timer can hold, does not fire at once",
  (timeoutMs) => {
    const one = call();
    startDeadline(one, timeoutMs, "x");
    vi.advanceTimersByTime(2 ** 31 - 2);
    expect(one.heard).toEqual([]);
  },
);
