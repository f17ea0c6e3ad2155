import type { Cancelable } from "./cancellation.js";
import { failure } from "./status.js";

/** The longest wait that a timer can hold (2³¹ − 1 ms, 24.8 days); longer ones are cut to it. */
const LONGEST_MS = 2_147_483_647;

/** A running timer; clear it when the call ends. */
export interface Timer {
  clear(): void;
}

/** Cancels a call as `deadline_exceeded` when its time is up. `path` names it in the message. */
export function startDeadline(call: Cancelable, timeoutMs: number, path: string): Timer {
  const handle = setTimeout(
    () => call.cancel(failure("deadline_exceeded", `Call ${path} took longer than the ${timeoutMs} ms it was given.`)),
    Math.min(timeoutMs, LONGEST_MS),
  );
  return { clear: () => clearTimeout(handle) };
}
