/**
 * Fields of one connection, or of the length of one message (RFC 9110 §7.6.1, §8.6): a transport writes its own, takes none from those above it,
 * and none from a trailer (§6.5.1), where other readers might act on it.
 */
export const FRAMING_FIELDS: ReadonlySet<string> = new Set([
  "connection",
  "content-length",
  "host",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
]);
