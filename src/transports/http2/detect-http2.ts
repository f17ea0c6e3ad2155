import type { Verdict } from "../../wires/wire.js";

/** How a client of HTTP/2 begins (RFC 9113 §3.4), as far as it takes to tell. */
const BEGINNING = "PRI * HTTP/2.0\r\n";

/** Whether a connection begins as HTTP/2 with prior knowledge does. */
export function detectHttp2(prefix: Uint8Array): Verdict {
  const length = Math.min(prefix.length, BEGINNING.length);
  for (let i = 0; i < length; i += 1) if (prefix[i] !== BEGINNING.charCodeAt(i)) return "other";
  return length === BEGINNING.length ? "mine" : "more";
}
