import type { HttpRequest } from "../wires/http.js";
import { listOf } from "./http-fields.js";

type Fields = HttpRequest["fields"];

/** The codings of bodies that are read here (RFC 9110 §8.4.1). */
export type Encoding = "gzip" | "deflate";

/** Every name of a coding, in lower case; the old `x-gzip` means the same (RFC 9110 §8.4.1.3). */
const NAMES: ReadonlyMap<string, Encoding> = new Map([
  ["gzip", "gzip"],
  ["x-gzip", "gzip"],
  ["deflate", "deflate"],
]);

/** How a body is coded: undefined where it is not, `unknown` where it cannot be read here. */
export function encodingOf(fields: Fields): Encoding | "unknown" | undefined {
  // Most have none, and are looked at for every answer.
  if (!fields.some(([name]) => name === "content-encoding")) return undefined;
  const names = listOf(fields, "content-encoding").filter((name) => name.toLowerCase() !== "identity");
  const [name] = names;
  if (name === undefined) return undefined;
  return names.length === 1 ? (NAMES.get(name.toLowerCase()) ?? "unknown") : "unknown";
}

/** Whether the peer takes bodies in gzip (RFC 9110 §12.5.3): it names it, or anything, and not with the weight 0. */
export function acceptsGzip(fields: Fields): boolean {
  let any = false;
  for (const entry of listOf(fields, "accept-encoding")) {
    const [name = "", ...parameters] = entry.toLowerCase().split(";");
    const wanted = !parameters.some((parameter) => NO_WEIGHT.test(parameter));
    const coding = name.trim();
    if (NAMES.get(coding) === "gzip") return wanted;
    if (coding === "*") any = wanted;
  }
  return any;
}

const NO_WEIGHT = /^\s*q\s*=\s*0(?:\.0*)?\s*$/u;

/** A head of a message, with its fields as they are when the body has been decoded: without those that say how it is coded and how long that is. */
export function decodedHead<Head extends { readonly fields: Fields }>(head: Head): Head {
  return { ...head, fields: head.fields.filter(([name]) => name !== "content-encoding" && name !== "content-length") };
}
