import { AsyncLocalStorage } from "node:async_hooks";
import type { Ambient } from "./call/ambient.js";
import type { Call } from "./contract/call.js";

let storage: AsyncLocalStorage<Call> | undefined;

/**
 * The current call of this process, kept by node's AsyncLocalStorage. It exists from the first server that wants it on:
 * a process without one pays nothing, neither for its servers' calls nor for its clients'.
 */
export const ambient: Ambient = {
  run(call, fn) {
    storage ??= new AsyncLocalStorage();
    return storage.run(call, fn, call);
  },
  current: () => storage?.getStore(),
};
