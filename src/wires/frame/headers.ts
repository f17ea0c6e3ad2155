import { type Fields, NO_FIELDS } from "../../call/fields.js";
import { fieldsIn, type MemberFields } from "../../call/member-fields.js";

/** Reads a frame's header object into fields, names in lower case. What is none gives no fields; `isHeaders` says so. */
export function fieldsOf(headers: MemberFields | undefined): Fields {
  return headers === undefined ? NO_FIELDS : (fieldsIn(headers) ?? NO_FIELDS);
}

/** Whether a parsed header object has the right form, with names and values that HTTP would let pass. */
export function isHeaders(headers: unknown): boolean {
  return fieldsIn(headers) !== undefined;
}
