import type { Call } from "../contract/call.js";

/** Answers a call: with a value, a promise of one, or (streams) an iterable of messages. */
export type Handler = (call: Call) => unknown;

/** Wraps a handler: look at the call, change its headers, call `next` once, often or never, and answer. The same type at both ends. */
export type Interceptor = (next: Handler) => Handler;

/** Folds interceptors around a handler, the first outermost. Done once a route, never per call. */
export function fold(interceptors: readonly Interceptor[], handler: Handler): Handler {
  return interceptors.reduceRight((next, interceptor) => interceptor(next), handler);
}
