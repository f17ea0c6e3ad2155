import { codeOf } from "../../call/code.js";
import { failure, type Status } from "../../call/status.js";

/** The name that an error answer carries in `out`. */
export const ERROR_OUT = "error";

/** Writes a status as the `result` of an error answer: `{"code", "message", "details"?}`, as JSON text. Codes are spelled as callwire has them. */
export function errorJson(status: Status): string {
  const { code, message, details } = status;
  try {
    return JSON.stringify(details.length === 0 ? { code, message } : { code, message, details });
  } catch {
    // Details that are no JSON (a cycle, a bigint) must not hide the error itself.
    return JSON.stringify({ code, message });
  }
}

/** Reads the `result` of an error answer. Servers that write errors in a form of their own get `unknown`, with what they wrote as the message. */
export function errorStatus(result: unknown): Status {
  if (typeof result === "object" && result !== null && "message" in result && typeof result.message === "string") {
    const { code, details } = result as { code?: unknown; details?: unknown }; // both are looked at before use
    return failure(codeOf(code), result.message, Array.isArray(details) ? details : []);
  }
  return failure("unknown", typeof result === "string" ? result : JSON.stringify(result ?? null));
}
