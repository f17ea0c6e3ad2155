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

/** Reads a code from text of the wire; anything unknown is `unknown`. */
export function codeOf(text: unknown): Code {
  // The search proves that text is an entry; index 0 is `ok`, which is no error.
  const index = CODES.indexOf(text as Code);
  return index > 0 ? (CODES[index] as Code) : "unknown"; // index > 0 excludes "ok"
}
