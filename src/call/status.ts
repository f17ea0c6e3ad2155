import { type Fields, NO_FIELDS } from "./fields.js";

/** The codes of an error, as gRPC has them and spelled as in Connect; an entry's index is gRPC's number. */
export const CODES = [
  "ok",
  "canceled",
  "unknown",
  "invalid_argument",
  "deadline_exceeded",
  "not_found",
  "already_exists",
  "permission_denied",
  "resource_exhausted",
  "failed_precondition",
  "aborted",
  "out_of_range",
  "unimplemented",
  "internal",
  "unavailable",
  "data_loss",
  "unauthenticated",
] as const;

/** The code of an error answer: every entry of CODES but `ok`. */
export type Code = Exclude<(typeof CODES)[number], "ok">;

/** How a call ended: as wires say it, without a stack. */
export interface Status {
  readonly code: Code | "ok";
  readonly message: string;
  /** Plain data about the error; empty where there is none. */
  readonly details: readonly unknown[];
  readonly trailers: Fields;
}

/** Success without trailers. One shared object: wires pick prebuilt bytes by its identity. */
export const OK: Status = Object.freeze({ code: "ok", message: "", details: [], trailers: NO_FIELDS });

/** Makes the status of a failure. */
export function failure(code: Code, message: string, details: readonly unknown[] = []): Status {
  return { code, message, details, trailers: NO_FIELDS };
}

/** Reads a code from text of the wire; anything unknown is `unknown`. */
export function codeOf(text: unknown): Code {
  // The search proves that text is an entry; index 0 is `ok`, which is no error.
  const index = CODES.indexOf(text as Code);
  return index > 0 ? (CODES[index] as Code) : "unknown"; // index > 0 excludes "ok"
}
