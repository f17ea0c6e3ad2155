import { type Fields, fieldOf } from "../../call/fields.js";
import type { Status } from "../../call/status.js";
import { refusal } from "./status.js";

/** The field by which a caller says how many milliseconds it waits. */
export const TIMEOUT = "callwire-timeout-ms";

/** How long a caller waits, in milliseconds: undefined for without limit, or what is wrong with the field. */
export function timeoutOf(fields: Fields): number | undefined | Status {
  const text = fieldOf(fields, TIMEOUT);
  if (text === undefined || /^\d{1,15}(?:\.\d{1,15})?$/u.test(text))
    return text === undefined ? undefined : Number(text);
  return refusal(-32_602, `Field ${TIMEOUT} is a number of milliseconds, and "${text.slice(0, 60)}" came.`);
}

/** Writes how long a caller waits, in whole milliseconds. */
export function timeoutText(timeoutMs: number): string {
  return String(Math.max(0, Math.ceil(timeoutMs)));
}
