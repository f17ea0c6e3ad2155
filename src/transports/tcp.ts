import type { Place } from "./net.js";

/** The place that a TCP authority names: `127.0.0.1:8080`, `[::1]:0`, `:8080` (all interfaces); `scheme` says whether TLS is spoken there. Throws a TypeError that says what is missing. */
export function tcpPlace(authority: string, scheme: "tcp" | "tls" = "tcp"): Place {
  const match = /^(?:\[([^\]]+)\]|([^:]*)):(\d{1,5})$/u.exec(authority);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535) {
    throw new TypeError(
      `A ${scheme === "tls" ? "TLS" : "TCP"} address is HOST:PORT, and ${JSON.stringify(authority)} is not: write 127.0.0.1:8080, say.`,
    );
  }
  const host = match[1] ?? (match[2] === "" ? "::" : (match[2] ?? ""));
  return { options: { host, port }, url: `${scheme}://${authority}`, scheme };
}
