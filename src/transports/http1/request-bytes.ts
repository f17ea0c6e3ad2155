import type { HttpRequest } from "../../wires/http.js";
import { fieldLines } from "./field-lines.js";
import { latin1 } from "./latin1.js";

/**
 * The request line and fields of a request, without those of the framing and the empty line (RFC 9112 §3). What a path may not hold is
 * percent-encoded; a string says why the request cannot be sent at all.
 */
export function requestBytes({ method, path, query, fields }: HttpRequest, authority: string): Uint8Array | string {
  if (!TOKEN.test(method)) return `Method ${JSON.stringify(method)} is none of HTTP: use POST or GET.`;
  if (path !== "" && path !== "*" && !path.startsWith("/"))
    return `Path ${JSON.stringify(path)} cannot be asked for: begin it with "/".`;
  const target = query === "" ? escaped(path) || "/" : `${escaped(path) || "/"}?${escaped(query)}`;
  // RFC 9110 §7.8: a field `upgrade` is for this connection, which a field `connection` has to say.
  const upgrade = fields.some(([name]) => name === "upgrade") ? "connection: Upgrade\r\n" : "";
  return latin1(`${method} ${target} HTTP/1.1\r\nhost: ${escaped(authority)}\r\n${upgrade}${fieldLines(fields)}`);
}

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/u;
/** What URLs may not hold (RFC 3986 §2), and what would end or split the request line. */
const UNSENDABLE = /[^!$-;=?-~]/gu;

/** Percent-encodes as UTF-8 what may not stand in a target; half a surrogate pair becomes a replacement character. */
function escaped(text: string): string {
  return text.replaceAll(UNSENDABLE, (character) =>
    Buffer.from(character).toString("hex").toUpperCase().replaceAll(/../gu, "%$&"),
  );
}
