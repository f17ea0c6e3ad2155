import { type Fields, NO_FIELDS } from "./fields.js";

/** Header fields as members of a message: a name with a value, or with several. */
export type MemberFields = Readonly<Record<string, string | readonly string[]>>;

/** Reads fields from a member, names in lower case; undefined where it is no object of texts that HTTP would let pass (RFC 9110 §5). */
export function fieldsIn(member: unknown): Fields | undefined {
  if (typeof member !== "object" || member === null || Array.isArray(member)) return undefined;
  const fields: [string, string][] = [];
  for (const [name, values] of Object.entries(member)) {
    if (!/^[\w!#$%&'*+.^`|~-]+$/u.test(name)) return undefined;
    const list: readonly unknown[] = Array.isArray(values) ? values : [values];
    for (const value of list) {
      // oxlint-disable-next-line no-control-regex -- RFC 9110 §5.5: no line breaks and no NUL in a value
      if (typeof value !== "string" || /[\r\n\u0000]|[^\u0000-\u00ff]/u.test(value)) return undefined;
      fields.push([name.toLowerCase(), value]);
    }
  }
  return fields.length === 0 ? NO_FIELDS : fields;
}

/** Writes fields as a member's value, as JSON text. */
export function fieldsJson(fields: Fields): string {
  const members = new Map<string, string | string[]>();
  for (const [name, value] of fields) {
    const known = members.get(name);
    if (known === undefined) members.set(name, value);
    else if (typeof known === "string") members.set(name, [known, value]);
    else known.push(value);
  }
  return JSON.stringify(Object.fromEntries(members));
}
