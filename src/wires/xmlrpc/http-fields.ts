import { type Fields, NO_FIELDS } from "../../call/fields.js";
import type { Status } from "../../call/status.js";
import { TIMEOUT } from "./timeout.js";

/** Trailers of a call travel as header fields with this before their names, as they do for Connect's unary calls. */
const TRAILER = "trailer-";

/** Fields that say how a message travels, and not what it is about (RFC 9110 §7.6.1, and those of its body). */
const FRAMING: ReadonlySet<string> = new Set([
  "connection",
  "content-encoding",
  "content-length",
  "content-type",
  "expect",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  TIMEOUT,
]);
/** Fields of an answer that every server of HTTP writes. */
const OF_SERVERS: ReadonlySet<string> = new Set(["date", "server"]);

/** The fields of a request, or for one, that belong to the call. */
export function carried(fields: Fields): Fields {
  const kept = fields.filter(([name]) => !FRAMING.has(name));
  return kept.length === 0 ? NO_FIELDS : kept;
}

/** The fields of an answer as a call's header fields and trailers. */
export function heard(fields: Fields): { readonly fields: Fields; readonly trailers: Fields } {
  let own: [string, string][] | undefined;
  let trailers: [string, string][] | undefined;
  for (const [name, value] of fields) {
    if (name.startsWith(TRAILER)) (trailers ??= []).push([name.slice(TRAILER.length), value]);
    else if (!FRAMING.has(name) && !OF_SERVERS.has(name)) (own ??= []).push([name, value]);
  }
  return { fields: own ?? NO_FIELDS, trailers: trailers ?? NO_FIELDS };
}

/** The fields that an answer's header fields and trailers become, behind `first`. */
export function answering(first: Fields, fields: Fields, { trailers }: Status): Fields {
  return [...first, ...carried(fields), ...trailers.map(([name, value]) => [TRAILER + name, value] as const)];
}
