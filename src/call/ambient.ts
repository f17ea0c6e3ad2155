import type { Call } from "../contract/call.js";

/** Where the current call is kept while its method runs, so that calls made inside find it by themselves. */
export interface Ambient {
  /** Runs a function with `call` as the current call, through everything that it awaits. */
  run<T>(call: Call, fn: (call: Call) => T): T;
  /** The call whose method is running now, if any. */
  current(): Call | undefined;
}
