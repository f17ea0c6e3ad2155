import type { Code } from "../../call/code.js";
import type { Status } from "../../call/status.js";

/** The HTTP status of each code (https://connectrpc.com/docs/protocol#error-codes). */
const STATUS_OF: Readonly<Record<Code, number>> = {
  canceled: 499,
  unknown: 500,
  invalid_argument: 400,
  deadline_exceeded: 504,
  not_found: 404,
  already_exists: 409,
  permission_denied: 403,
  resource_exhausted: 429,
  failed_precondition: 400,
  aborted: 409,
  out_of_range: 400,
  unimplemented: 501,
  internal: 500,
  unavailable: 503,
  data_loss: 500,
  unauthenticated: 401,
};

/** The code of an answer whose body does not say (https://connectrpc.com/docs/protocol#http-to-error-code); others are `unknown`. */
const CODE_OF: Readonly<Record<number, Code>> = {
  400: "internal",
  401: "unauthenticated",
  403: "permission_denied",
  404: "unimplemented",
  429: "unavailable",
  502: "unavailable",
  503: "unavailable",
  504: "unavailable",
};

/** The HTTP status of an error's answer. */
export function httpStatusOf({ code }: Status): number {
  return code === "ok" ? 200 : STATUS_OF[code];
}

/** The code of an HTTP status, and no more is known. */
export function codeOfHttp(status: number): Code {
  return CODE_OF[status] ?? "unknown";
}
