import type { HttpAnswer } from "../../wires/http.js";
import { fieldLines } from "./field-lines.js";
import { latin1 } from "./latin1.js";

/** The words for the statuses that are sent here; others go without (RFC 9112 §4). */
const REASONS: Readonly<Record<number, string>> = {
  200: "OK",
  204: "No Content",
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  406: "Not Acceptable",
  408: "Request Timeout",
  409: "Conflict",
  413: "Content Too Large",
  414: "URI Too Long",
  415: "Unsupported Media Type",
  426: "Upgrade Required",
  429: "Too Many Requests",
  431: "Request Header Fields Too Large",
  499: "Client Closed Request",
  500: "Internal Server Error",
  501: "Not Implemented",
  503: "Service Unavailable",
  504: "Gateway Timeout",
  505: "HTTP Version Not Supported",
};

const known: WeakMap<HttpAnswer, Uint8Array> = new WeakMap();

/**
 * The status line and fields of an answer, without those of the framing and the empty line; kept for the next time the same object is sent.
 * There is no `date`: an origin server without a clock leaves it out (RFC 9110 §6.6.1), and on the fast path there is none.
 */
export function answerBytes(answer: HttpAnswer): Uint8Array {
  const kept = known.get(answer);
  if (kept !== undefined) return kept;
  const bytes = latin1(`HTTP/1.1 ${answer.status} ${REASONS[answer.status] ?? ""}\r\n${fieldLines(answer.fields)}`);
  known.set(answer, bytes);
  return bytes;
}
