import type { Verdict } from "../../wires/wire.js";

const METHODS = ["GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT"].map(
  (name) => `${name} `,
);

/** Whether a connection begins with a request of HTTP/1: a method that is known, and a space (RFC 9112 §3). */
export function detectHttp1(prefix: Uint8Array): Verdict {
  const text = String.fromCharCode(...prefix.subarray(0, 8));
  for (const method of METHODS) {
    if (text.startsWith(method)) return "mine";
    if (method.startsWith(text)) return "more";
  }
  return "other";
}
