import { expect, test } from "vitest";
import { CallRing } from "./call-ring.js";

test("A thousand calls each keep their own place, and a call that stays long is passed over.", () => {
  const ring = new CallRing<{ readonly id: number }>();
  const add = (): { readonly id: number } => {
    const call = { id: ring.free() };
    ring.add(call);
    return call;
  };
  const first = add();
  for (let n = 0; n < 1000; n += 1) expect(ring.delete(add())).toBe(true);
  expect(ring.at(first.id)).toBe(first);
  const calls = Array.from({ length: 1000 }, add);
  expect(new Set(calls.map(({ id }) => id)).size).toBe(1000);
  for (const call of calls) expect(ring.at(call.id)).toBe(call);
  expect(ring.all()).toHaveLength(1001);
  expect(ring.at(ring.next)).toBeUndefined();
  ring.clear();
  expect(ring.delete(first)).toBe(false);
  expect(ring.all()).toEqual([]);
});
