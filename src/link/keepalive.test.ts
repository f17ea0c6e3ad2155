import { expect, test } from "vitest";
import { keepaliveOf, pingsOf } from "./keepalive.js";

const NEVER = Number.POSITIVE_INFINITY;

test("A server's defaults are those of gRPC.", () => {
  expect(keepaliveOf({})).toEqual({
    timeMs: 7_200_000,
    timeoutMs: 20_000,
    minTimeMs: 300_000,
    permitWithoutCalls: false,
    maxIdleMs: NEVER,
  });
});

test.each([
  ["that says nothing looks only at connections that were silent for a minute", {}, [NEVER, 60_000, 15_000, false]],
  ["that names an interval holds to it", { pingIntervalMs: 5000 }, [5000, 5000, 15_000, false]],
  ["that names all of it has all of it", { pingIntervalMs: 5000, pingTimeoutMs: 100, pingIdleConnection: true }, [5000, 5000, 100, true]],
  ["that wants none sends none", { pingIntervalMs: NEVER }, [NEVER, NEVER, 15_000, false]],
  ["that would wait for ever does not ask", { pingTimeoutMs: NEVER }, [NEVER, NEVER, NEVER, false]],
] as const)("A client %s.", (_what, options, expected) => {
  const { silenceMs, doubtMs, answerMs, withoutCalls } = pingsOf(options, () => {});
  expect([silenceMs, doubtMs, answerMs, withoutCalls]).toEqual(expected);
}); // prettier-ignore

test("A client whose server complains asks half as often each time, and says so to a person.", () => {
  const lines: string[] = [];
  const pings = pingsOf({ pingIntervalMs: 1000 }, (line) => lines.push(line));
  pings.slower();
  expect([pings.silenceMs, pings.doubtMs]).toEqual([2000, 2000]);
  pings.slower();
  expect([pings.silenceMs, pings.doubtMs]).toEqual([4000, 4000]);
  expect(lines).toHaveLength(2);
  expect(lines[0]).toMatch(/^The server closed a connection because it was sent PINGs too often.*which is 1000/u);
});
