import { FieldReader } from "../../bytes/protobuf-fields.js";
import type { FieldWriter } from "../../bytes/field-writer.js";
import { decodeUtf8, encodeUtf8 } from "../../bytes/utf8.js";
import type { Fields } from "../../call/fields.js";
import type { Range } from "./rpc-meta.js";

/** Fields of RpcRequestMeta that are numbers of 64 bits, and the header fields that they are, named as brpc names them over HTTP. */
const NUMBERS: readonly (readonly [field: number, name: string])[] = [
  [3, "log-id"],
  [4, "x-bd-trace-id"],
  [5, "x-bd-span-id"],
  [6, "x-bd-parent-span-id"],
];
const NAME_OF: ReadonlyMap<number, string> = new Map(NUMBERS);
const FIELD_OF: ReadonlyMap<string, number> = new Map(NUMBERS.map(([field, name]) => [name, field]));
const REQUEST_ID = 7;
const TIMEOUT = 8;
const REQUEST_ID_NAME = "x-request-id";
const LONGEST_MS = 0x7fff_ffff;

/** What a request's own message says beside the method. */
export interface RequestIds {
  readonly fields: Fields;
  /** Milliseconds; undefined where there is no limit, or none above 0. */
  readonly timeoutMs: number | undefined;
}

/** Reads the ids and the timeout of a request whose message has been read before. */
export function readRequestIds(bytes: Uint8Array, { start, end }: Range): RequestIds {
  const fields: [string, string][] = [];
  let timeoutMs: number | undefined;
  const reader = new FieldReader();
  reader.open(bytes, start, end);
  while (reader.next()) {
    const { kind, number, low, high } = reader;
    const name = NAME_OF.get(number);
    if (kind === "varint" && name !== undefined && (low !== 0 || high !== 0))
      fields.push([name, String((BigInt(high) << 32n) | BigInt(low))]);
    else if (kind === "varint" && number === TIMEOUT) timeoutMs = (low | 0) > 0 ? low : undefined;
    else if (kind === "bytes" && number === REQUEST_ID) {
      const text = decodeUtf8(bytes, reader.start, reader.end) ?? "";
      if (/^[\u0020-\u007e]+$/u.test(text)) fields.push([REQUEST_ID_NAME, text.trim()]);
    }
  }
  return { fields, timeoutMs };
}

/** Writes what of the fields is an id, and the timeout; returns the fields that are something else. There has to be room for all of them. */
export function writeRequestIds(writer: FieldWriter, fields: Fields, timeoutMs: number | undefined): Fields {
  const rest: (readonly [string, string])[] = [];
  for (const each of fields) {
    const [name, value] = each;
    const field = FIELD_OF.get(name);
    const number = field === undefined ? undefined : numberIn(value);
    if (field !== undefined && number !== undefined)
      writer.number(field, Number(number & 0xffff_ffffn), Number(number >> 32n));
    else if (name === REQUEST_ID_NAME) writer.field(REQUEST_ID, encodeUtf8(value));
    else rest.push(each);
  }
  // A limit of no whole millisecond is one, since 0 is none.
  if (timeoutMs !== undefined && Number.isFinite(timeoutMs))
    writer.number(TIMEOUT, Math.max(1, Math.min(LONGEST_MS, Math.ceil(timeoutMs))));
  return rest;
}

function numberIn(text: string): bigint | undefined {
  if (!/^\d{1,20}$/u.test(text)) return undefined;
  const number = BigInt(text);
  return number < 1n << 64n ? number : undefined;
}
