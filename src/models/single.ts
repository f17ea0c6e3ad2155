import { listenAll, type Model } from "./model.js";

/**
 * The blocking server of the textbooks: one connection at a time, one call at a time. Other connections are accepted by the system and wait,
 * unread, until the one before them has closed.
 */
export const single: Model = ({ host, listen, maxConnections, maxWaiting }) => {
  const limits = { ...host.limits, maxConcurrentCalls: 1 };
  return listenAll({ host: { ...host, limits }, listen, maxConnections, maxWaiting }, { maxActive: 1, maxWaiting });
};
