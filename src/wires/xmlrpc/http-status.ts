import type { Code } from "../../call/code.js";
import { failure, type Status } from "../../call/status.js";

/** What an answer without a message of XML-RPC means, by its HTTP status; others by their hundreds. */
const CODES: Readonly<Record<number, Code>> = {
  401: "unauthenticated",
  403: "permission_denied",
  404: "unimplemented",
  405: "unimplemented",
  408: "deadline_exceeded",
  413: "resource_exhausted",
  415: "unimplemented",
  429: "unavailable",
  502: "unavailable",
  503: "unavailable",
  504: "unavailable",
  300: "unimplemented",
  400: "invalid_argument",
  500: "internal",
};

/** The error of an answer whose HTTP status is not 200; `text` is how its body begins, for people. */
export function httpFailure(status: number, url: string, text: string): Status {
  const code = CODES[status] ?? CODES[Math.floor(status / 100) * 100] ?? "unknown";
  const shown = text.replaceAll(/\s+/gu, " ").trim();
  return failure(code, `${url} answered ${status}, where XML-RPC answers 200${shown === "" ? "." : `: ${shown}`}`);
}
