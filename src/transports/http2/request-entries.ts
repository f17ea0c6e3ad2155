import type { HttpRequest } from "../../wires/http.js";
import { fieldEntries } from "./field-entries.js";
import type { Entry } from "./header-table.js";

/** The head of a request as the encoder takes it (RFC 9113 §8.3.1). What a path may not hold is percent-encoded; a string says why it cannot be sent. */
export function requestEntries(
  { method, path, query, fields }: HttpRequest,
  { authority, scheme }: { readonly authority: string; readonly scheme: string },
): readonly Entry[] | string {
  if (!TOKEN.test(method)) return `Method ${JSON.stringify(method)} is none of HTTP: use POST or GET.`;
  if (path !== "" && path !== "*" && !path.startsWith("/"))
    return `Path ${JSON.stringify(path)} cannot be asked for: begin it with "/".`;
  return [
    { name: ":method", value: method },
    { name: ":scheme", value: scheme },
    { name: ":path", value: `${escaped(path) || "/"}${query === "" ? "" : `?${escaped(query)}`}` },
    { name: ":authority", value: escaped(authority) },
    ...fieldEntries(fields).filter(({ name, value }) => name !== "te" || value === "trailers"),
  ];
}

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/u;
/** What URLs may not hold (RFC 3986 §2). */
const UNSENDABLE = /[^!$-;=?-~]/gu;

/** Percent-encodes as UTF-8 what may not stand in a target; half a surrogate pair becomes a replacement character. */
function escaped(text: string): string {
  return text.replaceAll(UNSENDABLE, (character) =>
    Buffer.from(character).toString("hex").toUpperCase().replaceAll(/../gu, "%$&"),
  );
}
