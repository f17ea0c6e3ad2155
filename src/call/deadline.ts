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
  return new Deadline(call, timeoutMs, path);
}

/** One object and no closure, since calls with deadlines are the usual ones. */
class Deadline implements Timer {
  readonly #call: Cancelable;
  readonly #timeoutMs: number;
  readonly #path: string;
  readonly #until: number;
  readonly #handle: ReturnType<typeof setTimeout>;

  constructor(call: Cancelable, timeoutMs: number, path: string) {
    this.#call = call;
    this.#timeoutMs = timeoutMs;
    this.#path = path;
    this.#until = performance.now() + timeoutMs;
    this.#handle = setTimeout(Deadline.#over, Math.min(timeoutMs, LONGEST_MS), this);
  }

  clear(): void {
    clearTimeout(this.#handle);
  }

  late(): Status | undefined {
    return performance.now() < this.#until ? undefined : this.#status();
  }

  static #over(this: void, deadline: Deadline): void {
    deadline.#call.cancel(deadline.#status());
  }

  #status(): Status {
    return failure("deadline_exceeded", `Call ${this.#path} took longer than the ${this.#timeoutMs} ms it was given.`);
  }
}
