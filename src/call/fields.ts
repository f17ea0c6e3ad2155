import type { HeaderInit } from "../contract/call.js";

/** Header fields as the wires pass them: lower-case names, in order, a name as often as it has values. */
export type Fields = readonly (readonly [name: string, value: string])[];

/** No header fields; compare with `===` to skip work. */
export const NO_FIELDS: Fields = Object.freeze([]);

/** Reads headers of any accepted form into fields. Throws a TypeError for a name or value that HTTP does not allow. */
export function toFields(headers: HeaderInit | undefined): Fields {
  if (headers === undefined) return NO_FIELDS;
  // Headers takes every form that HeaderInit lists; its own declaration wants them writable.
  const fields = [...(headers instanceof Headers ? headers : new Headers(headers as [string, string][]))];
  return fields.length === 0 ? NO_FIELDS : fields;
}

/** The value of a field, several joined by a comma (RFC 9110 §5.3); undefined where there is none. `name` is lower-case. */
export function fieldOf(fields: Fields, name: string): string | undefined {
  let value: string | undefined;
  for (const [key, text] of fields) if (key === name) value = value === undefined ? text : `${value}, ${text}`;
  return value;
}
