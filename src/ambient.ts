import { AsyncLocalStorage } from "node:async_hooks";
import type { Ambient } from "./call/ambient.js";
import type { Call } from "./contract/call.js";

/** Where every copy of callwire in this process finds the storage: a program and its service's module may each have their own. */
const PLACE = Symbol.for("callwire.ambient");
// Nobody else writes there.
const shared = globalThis as { [PLACE]?: AsyncLocalStorage<Call> };

/**
 * The current call of this process, kept by node's AsyncLocalStorage. It exists from the first server that wants it on:
 * a process without one pays nothing, neither for its servers' calls nor for its clients'.
 */
export const ambient: Ambient = {
  run(call, fn) {
    const storage = (shared[PLACE] ??= new AsyncLocalStorage());
    return storage.run(call, fn, call);
  },
  current: () => shared[PLACE]?.getStore(),
};
