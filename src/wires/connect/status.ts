import { decodeAnyBase64, encodeUnpadded } from "../../bytes/base64-text.js";
import { type Code, CODES } from "../../call/code.js";
import { NO_FIELDS } from "../../call/fields.js";
import type { Status } from "../../call/status.js";
import { packedDetail, plainDetail } from "../any-detail.js";

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

/** An Error, as a plain value for JSON. Details are plain data, which become a google.protobuf.Value, or AnyDetails. */
export function errorValue({ code, message, details }: Status): object {
  return {
    code,
    ...(message === "" ? {} : { message }),
    ...(details.length === 0 ? {} : { details: details.map(detailValue) }),
  };
}

/** Reads an Error. A code that is none, or missing, is `otherwise`, and so is all of what is no Error. */
export function readError(error: unknown, otherwise: Status & { readonly code: Code }): Status {
  if (typeof error !== "object" || error === null) return otherwise;
  const { code, message, details } = error as { code?: unknown; message?: unknown; details?: unknown }; // each is looked at
  // Index 0 is "ok", which is no error.
  const index = CODES.indexOf(code as Code);
  const isText = typeof message === "string" && message !== "";
  return {
    code: index > 0 ? (CODES[index] as Code) : otherwise.code, // index > 0 excludes "ok"
    message: isText ? message : index > 0 ? "" : otherwise.message,
    details: Array.isArray(details) ? details.flatMap(readDetail) : [],
    trailers: NO_FIELDS,
  };
}

function detailValue(detail: unknown): object {
  const { type, value } = packedDetail(detail);
  // What people see of plain data; programs read `value`.
  const debug = type === "google.protobuf.Value" ? { debug: plainDetail({ type, value }) } : {};
  return { type, value: encodeUnpadded(value), ...debug };
}

function readDetail(detail: unknown): readonly unknown[] {
  if (typeof detail !== "object" || detail === null) return [];
  const { type, value } = detail as { type?: unknown; value?: unknown }; // each is looked at
  if (typeof type !== "string" || typeof value !== "string") return [];
  const bytes = decodeAnyBase64(value);
  return bytes === undefined ? [] : [plainDetail({ type: type.slice(type.lastIndexOf("/") + 1), value: bytes })];
}
