import { decodeAnyBase64, encodeUnpadded } from "../../bytes/base64-text.js";
import { type Code, CODES } from "../../call/code.js";
import { NO_FIELDS } from "../../call/fields.js";
import type { Status } from "../../call/status.js";
import { packedDetail, plainDetail } from "../any-detail.js";

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
