import { type Fields, NO_FIELDS } from "../../call/fields.js";

/** Before the name of each trailer of a unary call (https://connectrpc.com/docs/protocol#unary-response). */
const TRAILER = "trailer-";

/** Fields that say how a message travels, and not what it is about (RFC 9110 §7.6.1, and those of its body). */
const FRAMING: ReadonlySet<string> = new Set(
  (
    "accept-encoding connection content-encoding content-length content-type expect keep-alive proxy-connection te trailer " +
    "transfer-encoding upgrade"
  ).split(" "),
);
/** The protocol keeps names that begin so for itself. */
const RESERVED = "connect-";

/** The fields of a request, or for an answer, that belong to the call. */
export function metadataOf(fields: Fields): Fields {
  const kept = fields.filter(([name]) => isMetadata(name));
  return kept.length === 0 ? NO_FIELDS : kept.length === fields.length ? fields : kept;
}

/** The fields of a unary call's answer, as header fields and trailers of the call. */
export function splitMetadata(fields: Fields): { readonly heads: Fields; readonly trailers: Fields } {
  const kept = metadataOf(fields);
  if (!kept.some(([name]) => name.startsWith(TRAILER))) return { heads: kept, trailers: NO_FIELDS };
  return {
    heads: kept.filter(([name]) => !name.startsWith(TRAILER)),
    trailers: kept
      .filter(([name]) => name.startsWith(TRAILER))
      .map(([name, value]) => [name.slice(TRAILER.length), value] as const),
  };
}

/** The trailers of a unary call, as fields of its answer. */
export function prefixedTrailers(trailers: Fields): Fields {
  return trailers.map(([name, value]) => [TRAILER + name, value] as const);
}

function isMetadata(name: string): boolean {
  return !FRAMING.has(name) && !name.startsWith(RESERVED);
}
