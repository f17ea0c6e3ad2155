import type { Verdict } from "../../wires/wire.js";

const METHODS: readonly string[] = [
  "GET ",
  "POST ",
  "HEAD ",
  "PUT ",
  "DELETE ",
  "OPTIONS ",
  "PATCH ",
  "TRACE ",
  "CONNECT ",
];
const LONGEST = 8;

/**
 * Whether a connection begins with a request of HTTP/1: a method that is known, and a space (RFC 9112 §3). Methods are in capitals, so that
 * `Content-Length` is none; the preface of HTTP/2 (RFC 9113 §3.4) begins with `PRI`, which is none either.
 */
export function detectHttp1(prefix: Uint8Array): Verdict {
  const text = String.fromCharCode(...prefix.subarray(0, LONGEST));
  for (const method of METHODS) {
    if (text.startsWith(method)) return "mine";
    if (method.startsWith(text)) return "more";
  }
  return "other";
}
