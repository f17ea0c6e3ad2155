import type { Cancelable } from "./cancellation.js";
import { failure, type Status } from "./status.js";

/** The longest wait that a timer can hold (2³¹ − 1 ms, 24.8 days); longer ones are cut to it. */
const LONGEST_MS = 2_147_483_647;

/** A running timer; clear it when the call ends. */
export interface Timer {
  clear(): void;
  /** How a call ends whose time is up, though the timer had no turn yet; undefined where there is time left. */
  late(): Status | undefined;
}

/** Cancels a call as `deadline_exceeded` when its time is up. `path` names it in the message. */
export function startDeadline(call: Cancelable, timeoutMs: number, path: string): Timer {
  const until = performance.now() + timeoutMs;
  const over = (): Status =>
    failure("deadline_exceeded", `Call ${path} took longer than the ${timeoutMs} ms it was given.`);
  const handle = setTimeout(() => call.cancel(over()), Math.min(timeoutMs, LONGEST_MS));
  return { clear: () => clearTimeout(handle), late: () => (performance.now() < until ? undefined : over()) };
}
