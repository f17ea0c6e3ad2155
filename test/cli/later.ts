import { afterAll } from "vitest";

const work: (() => unknown)[] = [];

afterAll(async () => {
  await Promise.all(work.map((each) => each()));
});

/** Puts off work to the end of the test file: its tests run at the same time, where vitest cannot tell whose clean-up it would be. */
export function later(clean: () => unknown): void {
  work.push(clean);
}
