import { type Fields, NO_FIELDS } from "../../call/fields.js";

/** Header fields as a frame has them: a name with a value, or with several. */
export type FrameHeaders = Readonly<Record<string, string | readonly string[]>>;

/** Reads a frame's header object into fields, names in lower case. */
export function fieldsOf(headers: FrameHeaders | undefined): Fields {
  if (headers === undefined) return NO_FIELDS;
  const fields: [string, string][] = [];
  for (const [name, value] of Object.entries(headers)) {
    for (const text of typeof value === "string" ? [value] : value) fields.push([name.toLowerCase(), text]);
  }
  return fields;
}

/** Writes fields as a frame's header object, as JSON text. */
export function headersJson(fields: Fields): string {
  const headers = new Map<string, string | string[]>();
  for (const [name, value] of fields) {
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : [...(typeof before === "string" ? [before] : before), value]);
  }
  return JSON.stringify(Object.fromEntries(headers));
}

/** Whether a parsed header object has the right form, with names and values that HTTP would let pass. */
export function isHeaders(headers: unknown): boolean {
  return (
    typeof headers === "object" &&
    headers !== null &&
    !Array.isArray(headers) &&
    Object.entries(headers).every(
      ([name, value]) =>
        /^[\w!#$%&'*+.^`|~-]+$/u.test(name) && (Array.isArray(value) ? value : [value]).every(isFieldValue),
    )
  );
}

function isFieldValue(value: unknown): boolean {
  // oxlint-disable-next-line no-control-regex -- RFC 9110 §5.5: no line breaks and no NUL in a value
  return typeof value === "string" && !/[\r\n\u0000]|[^\u0000-\u00ff]/u.test(value);
}
