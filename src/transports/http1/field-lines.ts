import type { HttpRequest } from "../../wires/http.js";
import { FRAMING_FIELDS } from "./framing-fields.js";

/**
 * Field lines, each with its line end, as they stand in a head (RFC 9112 §5). Fields of the framing are left out, since the transport writes its
 * own, and so are those whose name is none; what may not stand in a value becomes a question mark. So no field can end its line, or the head, early.
 */
export function fieldLines(fields: HttpRequest["fields"]): string {
  let text = "";
  for (const [name, value] of fields)
    if (NAME.test(name) && !FRAMING_FIELDS.has(name.toLowerCase()))
      text += `${name}: ${value.replaceAll(NO_VALUE, "?")}\r\n`;
  return text;
}

/** A token (RFC 9110 §5.6.2). */
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/u;
/** RFC 9110 §5.5. Above U+00FF there is no byte: cut down to one, U+010A would be a line end. */
const NO_VALUE = /[^\t -~\u0080-\u00ff]/gu;
