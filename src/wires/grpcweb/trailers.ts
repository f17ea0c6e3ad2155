import { enveloped } from "../../bytes/enveloped.js";
import type { Fields } from "../../call/fields.js";

/** The flag of a frame that holds trailers. */
export const TRAILERS = 0x80;

/** A name is a token (RFC 9110 §5.6.2), and a value has no control characters (§5.5). */
const LINE = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*([\t\u0020-\u007e\u0080-\u00ff]*)$/u;

/** Writes trailers as the last frame of a body: lines as in HTTP/1.1, names in lower case, one byte a character. */
export function writeTrailers(fields: Fields): Uint8Array {
  let text = "";
  // A line end within a value would make two fields of one.
  for (const [name, value] of fields) text += `${name}: ${value.replaceAll(/[\r\n]/gu, " ")}\r\n`;
  return enveloped(
    TRAILERS,
    Uint8Array.from(text, (character) => character.charCodeAt(0)),
  );
}

/** Reads what such a frame holds; undefined where a line is no field. Lines may also end with LF alone. */
export function readTrailers(bytes: Uint8Array): Fields | undefined {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  const fields: (readonly [string, string])[] = [];
  for (const line of text.split("\n")) {
    const bare = line.endsWith("\r") ? line.slice(0, -1) : line;
    if (bare === "") continue;
    const [, name, value] = LINE.exec(bare) ?? [];
    if (name === undefined || value === undefined) return undefined;
    fields.push([name.toLowerCase(), value.trimEnd()]);
  }
  return fields;
}
