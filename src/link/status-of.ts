import type { Sink } from "../call/sink.js";
import type { Status } from "../call/status.js";

/** The status of a call that its connection has ended, or never carried. */
export function statusOf(code: "unavailable" | "canceled", message: string): Status {
  return { code, message, details: [], trailers: [] };
}

/** Where the rest of such a call goes. */
export const NOBODY: Sink = {
  head() {},
  message: () => true,
  end() {},
  drain() {},
};
