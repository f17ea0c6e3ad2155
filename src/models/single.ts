import { type Model, serveHere } from "./model.js";

/**
 * The blocking server of the textbooks: one connection at a time, one call at a time. Other connections are accepted by the system and wait,
 * unread, until the one before them has closed.
 */
export const single: Model = (options) => {
  const limits = { ...options.host.limits, maxConcurrentCalls: 1 };
  return serveHere({ ...options, host: { ...options.host, limits } }, { maxActive: 1, maxWaiting: options.maxWaiting });
};
