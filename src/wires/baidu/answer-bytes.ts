import { fieldRoom, FieldWriter } from "../../bytes/field-writer.js";
import { encodeUtf8 } from "../../bytes/utf8.js";
import type { Fields } from "../../call/fields.js";
import type { Status } from "../../call/status.js";
import { DETAILS_FIELD, TRAILER_PREFIX } from "./own-fields.js";
import { detailsJson, errorNumber } from "./status.js";
import { userFieldBytes } from "./user-fields.js";

/** An error's text has at most so many characters, for its meta to stay within what peers read. */
const LONGEST_TEXT = 4096;
/** Field 2 of RpcMeta with an error_code of 0, which brpc writes too. */
const SUCCESS: readonly number[] = [0x12, 0x02, 0x08, 0x00];

/** How the metas of successful answers begin: success and content type. The same array for the same number. */
export function successPrefix(contentType: number): Uint8Array {
  const known = PREFIXES.get(contentType);
  if (known !== undefined) return known;
  const writer = new FieldWriter();
  writer.open(new Uint8Array(SUCCESS.length + fieldRoom(0)), 0);
  writer.raw(Uint8Array.from(SUCCESS));
  if (contentType !== 0) writer.number(10, contentType);
  const prefix = writer.bytes.subarray(0, writer.at);
  PREFIXES.set(contentType, prefix);
  return prefix;
}

/** By content type; those that are read are few. */
const PREFIXES: Map<number, Uint8Array> = new Map();

/** How the meta of an error begins: its number and text. */
export function errorPrefix(status: Status): Uint8Array {
  const text = encodeUtf8(status.message.slice(0, LONGEST_TEXT));
  const inner = new FieldWriter();
  const number = errorNumber(status);
  inner.open(new Uint8Array(fieldRoom(0) + fieldRoom(text.length)), 0);
  // A negative int32 is written as 64 bits.
  inner.number(1, number, number < 0 ? 0xffff_ffff : 0);
  inner.field(2, text);
  const writer = new FieldWriter();
  writer.open(new Uint8Array(fieldRoom(inner.at)), 0);
  writer.field(2, inner.bytes.subarray(0, inner.at));
  return writer.bytes.subarray(0, writer.at);
}

/** Header fields, trailers and an error's details, as user fields of an answer. */
export function answerFields(fields: Fields, status: Status): Uint8Array {
  const trailers = status.trailers.map(([name, value]) => [TRAILER_PREFIX + name, value] as const);
  const details = status.code === "ok" ? undefined : detailsJson(status);
  const all = [...fields, ...trailers, ...(details === undefined ? [] : [[DETAILS_FIELD, details] as const])];
  return all.length === 0 ? NONE : userFieldBytes(all);
}

const NONE = new Uint8Array(0);
