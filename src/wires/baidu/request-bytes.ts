import { fieldRoom, FieldWriter } from "../../bytes/field-writer.js";
import { encodeUtf8 } from "../../bytes/utf8.js";
import type { CallHead } from "../../call/sink.js";
import { writeRequestIds } from "./request-ids.js";
import { userFieldBytes } from "./user-fields.js";

/** The content type of canonical JSON (src/brpc/options.proto). */
const PROTO3_JSON = 2;

/** So many methods are known, by paths of so many characters at the most. */
const METHODS_KEPT = 1024;
const LONGEST_PATH = 256;

/** What is known of a method, for heads that are another for each call since they have a timeout. */
interface KnownMethod {
  /** Its names, as the first two fields of RpcRequestMeta. */
  readonly names: Uint8Array;
  /** What the last head without fields came to: most timeouts are always the same. */
  timeoutMs: number | undefined;
  codec: CallHead["codec"] | undefined;
  prefix: Uint8Array;
}

const METHODS: Map<string, KnownMethod> = new Map();

/** How the metas of a method's requests begin: the request's own message, content type, user fields. Worked out once a head, for all connections. */
export function requestPrefix(head: CallHead): Uint8Array {
  const { memo, path, fields, timeoutMs, codec } = head;
  if (memo !== undefined && memo.owner === requestPrefix) return memo.value as Uint8Array; // only this function writes memos with this owner
  const method = methodOf(path);
  const isBare = fields.length === 0;
  if (isBare && method.timeoutMs === timeoutMs && method.codec === codec) return method.prefix;
  const value = written(head, method.names);
  head.memo = { owner: requestPrefix, value };
  if (isBare) {
    method.timeoutMs = timeoutMs;
    method.codec = codec;
    method.prefix = value;
  }
  return value;
}

function written({ fields, timeoutMs, codec }: CallHead, names: Uint8Array): Uint8Array {
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

function methodOf(path: string): KnownMethod {
  const known = METHODS.get(path);
  if (known !== undefined) return known;
  // A method's own name has no slash.
  const slash = path.lastIndexOf("/");
  const service = encodeUtf8(path.slice(0, Math.max(0, slash)));
  const method = encodeUtf8(path.slice(slash + 1));
  const names = new FieldWriter();
  names.open(new Uint8Array(fieldRoom(service.length) + fieldRoom(method.length)), 0);
  names.field(1, service);
  names.field(2, method);
  const made = { names: names.bytes.subarray(0, names.at), timeoutMs: undefined, codec: undefined, prefix: NONE };
  if (METHODS.size < METHODS_KEPT && path.length <= LONGEST_PATH) METHODS.set(path, made);
  return made;
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
