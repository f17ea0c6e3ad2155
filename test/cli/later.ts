import { afterAll } from "vitest";

const work: Set<() => unknown> = new Set();

/**
 * Says that a test file cleans up what it put off when its tests have ended; each file that uses any of this folder says so itself, since modules are
 * loaded once for many files.
 */
export function cleaningUp(): void {
  afterAll(async () => {
    const due = [...work];
    work.clear();
    await Promise.all(due.map((each) => each()));
  });
}

/** Puts off work to the end of the test file: its tests run at the same time, where vitest cannot tell whose clean-up it would be. */
export function later(clean: () => unknown): void {
  work.add(clean);
}
