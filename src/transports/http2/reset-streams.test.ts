import { expect, test } from "vitest";
import { ResetStreams } from "./reset-streams.js";

test("The newest are known one by one; closed streams below the newest of the forgotten are all taken for reset.", () => {
  const resets = new ResetStreams(3);
  for (const id of [11, 5, 21, 31]) resets.add(id);
  expect([5, 21, 31].map((id) => resets.has(id))).toEqual([true, true, true]);
  expect([1, 11].map((id) => resets.has(id))).toEqual([true, true]);
  expect([13, 23, 33].map((id) => resets.has(id))).toEqual([false, false, false]);
});

test("A stream that is added again takes no second place.", () => {
  const resets = new ResetStreams(2);
  for (const id of [7, 9, 9, 9]) resets.add(id);
  expect([1, 7, 9].map((id) => resets.has(id))).toEqual([false, true, true]);
});
