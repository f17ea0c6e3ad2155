import type { HttpAnswer } from "../../wires/http.js";
import { FRAMING_FIELDS } from "../http1/framing-fields.js";
import type { Entry } from "./header-table.js";

type Fields = HttpAnswer["fields"];

const kept: WeakMap<object, readonly Entry[]> = new WeakMap();

/** An answer's head as the encoder takes it (RFC 9113 §8.3.2); the same object for the same object. */
export function answerEntries(head: HttpAnswer): readonly Entry[] {
  const known = kept.get(head);
  if (known !== undefined) return known;
  const made = [{ name: ":status", value: String(head.status) }, ...sendable(head.fields)];
  kept.set(head, made);
  return made;
}

/** Fields as the encoder takes them; the same object for the same object. */
export function fieldEntries(fields: Fields): readonly Entry[] {
  const known = kept.get(fields);
  if (known !== undefined) return known;
  const made = sendable(fields);
  kept.set(fields, made);
  return made;
}

/** Fields that may be sent: without those of the framing, and those whose name is none; what may not stand in a value becomes a question mark (§8.2.1). */
function sendable(fields: Fields): readonly Entry[] {
  return fields
    .map(([name, value]) => ({ name: name.toLowerCase(), value: value.replaceAll(NO_VALUE, "?").trim() }))
    .filter(({ name }) => NAME.test(name) && !FRAMING_FIELDS.has(name) && name !== "upgrade");
}

/** A token (RFC 9110 §5.6.2) in lower case. */
const NAME = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/u;
/** RFC 9110 §5.5. Above U+00FF there is no byte. */
const NO_VALUE = /[^\t -~\u0080-\u00ff]/gu;
