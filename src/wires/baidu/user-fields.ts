import { FieldReader } from "../../bytes/protobuf-fields.js";
import { fieldRoom, FieldWriter } from "../../bytes/field-writer.js";
import { decodeUtf8, encodeUtf8 } from "../../bytes/utf8.js";
import type { Fields } from "../../call/fields.js";

/** The field of RpcMeta that holds them. */
const USER_FIELDS = 9;
/** What HTTP lets be a name (RFC 9110 §5.1), and what a value. */
const NAME = /^[\w!#$%&'*+.^`|~-]+$/u;
// oxlint-disable-next-line no-control-regex -- RFC 9110 §5.5: no line breaks and no NUL in a value
const NO_VALUE = /[\r\n\u0000]|[^\u0000-\u00ff]/u;

/** Reads the user fields of a meta that has been read before, with lower-case names. Those that can be no header fields are left out. */
export function readUserFields(bytes: Uint8Array, start: number, end: number): Fields {
  const fields: [string, string][] = [];
  const [meta, entry] = [new FieldReader(), new FieldReader()];
  meta.open(bytes, start, end);
  while (meta.next()) {
    if (meta.number !== USER_FIELDS || meta.kind !== "bytes") continue;
    let [name, value]: (string | undefined)[] = ["", ""];
    entry.open(bytes, meta.start, meta.end);
    while (entry.next()) {
      if (entry.kind !== "bytes") continue;
      if (entry.number === 1) name = decodeUtf8(bytes, entry.start, entry.end);
      else if (entry.number === 2) value = decodeUtf8(bytes, entry.start, entry.end);
    }
    if (name !== undefined && value !== undefined && NAME.test(name) && !NO_VALUE.test(value))
      fields.push([name.toLowerCase(), value.trim()]);
  }
  return fields;
}

/** Writes fields as user fields of a meta. A name that comes several times has its values joined by commas, since they are a map. */
export function userFieldBytes(fields: Fields): Uint8Array {
  const joined = new Map<string, string>();
  for (const [name, value] of fields) {
    const known = joined.get(name);
    joined.set(name, known === undefined ? value : `${known}, ${value}`);
  }
  const entries = [...joined].map(([name, value]) => [encodeUtf8(name), encodeUtf8(value)] as const);
  const room = entries.reduce((sum, [name, value]) => sum + 3 * fieldRoom(name.length + value.length), 0);
  const [writer, inner] = [new FieldWriter(), new FieldWriter()];
  writer.open(new Uint8Array(room), 0);
  for (const [name, value] of entries) {
    inner.open(new Uint8Array(fieldRoom(name.length) + fieldRoom(value.length)), 0);
    inner.field(1, name);
    inner.field(2, value);
    writer.field(USER_FIELDS, inner.bytes.subarray(0, inner.at));
  }
  return writer.bytes.subarray(0, writer.at);
}
