/** Error codes of RST_STREAM and GOAWAY (RFC 9113 §7); an entry's index is its number. */
export const ERROR_CODES = [
  "NO_ERROR",
  "PROTOCOL_ERROR",
  "INTERNAL_ERROR",
  "FLOW_CONTROL_ERROR",
  "SETTINGS_TIMEOUT",
  "STREAM_CLOSED",
  "FRAME_SIZE_ERROR",
  "REFUSED_STREAM",
  "CANCEL",
  "COMPRESSION_ERROR",
  "CONNECT_ERROR",
  "ENHANCE_YOUR_CALM",
  "INADEQUATE_SECURITY",
  "HTTP_1_1_REQUIRED",
] as const;

/** The name of an error code. */
export type ErrorCode = (typeof ERROR_CODES)[number];

/** The number of an error code on the wire. */
export function errorNumber(code: ErrorCode): number {
  return ERROR_CODES.indexOf(code);
}
