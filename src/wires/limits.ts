import type { Limits } from "./wire.js";

/** The limits that apply where a user sets none. */
export const DEFAULT_LIMITS: Limits = {
  maxMessageBytes: 4 * 1024 * 1024,
  maxHeaderBytes: 16 * 1024,
  maxDepth: 100,
  maxConcurrentCalls: 4096,
  requestTimeoutMs: 60_000,
};
