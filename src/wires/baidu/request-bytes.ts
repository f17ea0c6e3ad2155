import { fieldRoom, FieldWriter } from "../../bytes/field-writer.js";
import { encodeUtf8 } from "../../bytes/utf8.js";
import type { CallHead } from "../../call/sink.js";
import { writeRequestIds } from "./request-ids.js";
import { userFieldBytes } from "./user-fields.js";

/** The content type of canonical JSON (src/brpc/options.proto). */
const PROTO3_JSON = 2;

/** How the metas of a method's requests begin: the request's own message, content type, user fields. Worked out once a head, for all connections. */
export function requestPrefix(head: CallHead): Uint8Array {
  const { memo } = head;
  if (memo !== undefined && memo.owner === requestPrefix) return memo.value as Uint8Array; // only this function writes memos with this owner
  const value = written(head);
  head.memo = { owner: requestPrefix, value };
  return value;
}

function written(head: CallHead): Uint8Array {
  const { path, fields, timeoutMs, codec } = head;
  const names = namesOf(path);
  const idBytes = fields.reduce((sum, [name, value]) => sum + fieldRoom(3 * (name.length + value.length)), 0);
  const ids = new FieldWriter();
  ids.open(new Uint8Array(fieldRoom(0) + idBytes), 0);
  const rest = writeRequestIds(ids, fields, timeoutMs);
  const requestBytes = names.length + ids.at;
  const user = rest.length === 0 ? NONE : userFieldBytes(rest);
  const meta = new FieldWriter();
  meta.open(new Uint8Array(fieldRoom(requestBytes) + fieldRoom(0) + user.length), 0);
  meta.head(1, requestBytes);
  meta.raw(names);
  meta.raw(ids.bytes.subarray(0, ids.at));
  if (codec === "json") meta.number(10, PROTO3_JSON);
  meta.raw(user);
  return meta.bytes.subarray(0, meta.at);
}

/** So many names of methods are kept, of so many characters at the most. */
const NAMES_KEPT = 1024;
const LONGEST_KEPT = 256;
const NAMES: Map<string, Uint8Array> = new Map();

/** A method as the first two fields of RpcRequestMeta; kept, since a call with a timeout has a head of its own. */
function namesOf(path: string): Uint8Array {
  const known = NAMES.get(path);
  if (known !== undefined) return known;
  // A method's own name has no slash.
  const slash = path.lastIndexOf("/");
  const service = encodeUtf8(path.slice(0, Math.max(0, slash)));
  const method = encodeUtf8(path.slice(slash + 1));
  const names = new FieldWriter();
  names.open(new Uint8Array(fieldRoom(service.length) + fieldRoom(method.length)), 0);
  names.field(1, service);
  names.field(2, method);
  const bytes = names.bytes.subarray(0, names.at);
  if (NAMES.size < NAMES_KEPT && path.length <= LONGEST_KEPT) NAMES.set(path, bytes);
  return bytes;
}

/** What the first request of a connection has, and those that open a stream: who is asking. */
export function greeting(announcement: readonly [string, string], authentication: string | undefined): Uint8Array {
  const user = userFieldBytes([announcement]);
  const secret = authentication === undefined ? undefined : encodeUtf8(authentication);
  const writer = new FieldWriter();
  writer.open(new Uint8Array(user.length + fieldRoom(secret?.length ?? 0)), 0);
  if (secret !== undefined) writer.field(7, secret);
  writer.raw(user);
  return writer.bytes.subarray(0, writer.at);
}

const NONE = new Uint8Array(0);
