import { decodeUtf8 } from "../bytes/utf8.js";
import { type RawField, readFields, textBytes, writeFields } from "./wire-format.js";

/** What plain data travels as. */
const VALUE = "google.protobuf.Value";
/** Lists and objects within each other, as in protobuf's own readers; what is deeper is null. */
const MAX_DEPTH = 100;

/** A detail of an error as protocols with protobuf have it: the full name of a message's type, and its bytes. */
export interface AnyDetail {
  readonly type: string;
  readonly value: Uint8Array;
}

/** A detail as a message: one that is an AnyDetail is it already, and plain data becomes a google.protobuf.Value. */
export function packedDetail(detail: unknown): AnyDetail {
  return isAny(detail) ? detail : { type: VALUE, value: valueBytes(detail, []) };
}

/** The plain data that a message holds; of a type that this end does not look into, the message itself. */
export function plainDetail(detail: AnyDetail): unknown {
  return detail.type === VALUE ? readValue(detail.value, 0) : detail;
}

function isAny(detail: unknown): detail is AnyDetail {
  if (typeof detail !== "object" || detail === null || !("type" in detail) || !("value" in detail)) return false;
  return typeof detail.type === "string" && detail.value instanceof Uint8Array;
}

/** Writes plain data as a google.protobuf.Value. What JSON would leave out is left out; what is `within` itself is null there. */
function valueBytes(data: unknown, within: readonly unknown[]): Uint8Array {
  if (typeof data === "number") {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setFloat64(0, data, true);
    return writeFields([{ number: 2, value: bytes, fixed: true }]);
  }
  if (typeof data === "string") return writeFields([{ number: 3, value: textBytes(data) }]);
  if (typeof data === "boolean") return writeFields([{ number: 4, value: data ? 1 : 0 }]);
  if (typeof data === "bigint") return valueBytes(String(data), within);
  if (typeof data !== "object" || data === null || within.length === MAX_DEPTH || within.includes(data))
    return writeFields([{ number: 1, value: 0 }]);
  const inside = [...within, data];
  if (Array.isArray(data)) {
    const list = data.map((each: unknown) => ({ number: 1, value: valueBytes(each, inside) }));
    return writeFields([{ number: 6, value: writeFields(list) }]);
  }
  const entries = Object.entries(data).flatMap(([key, each]: [string, unknown]): RawField[] => {
    if (each === undefined || typeof each === "function") return [];
    const pair = [
      { number: 1, value: textBytes(key) },
      { number: 2, value: valueBytes(each, inside) },
    ];
    return [{ number: 1, value: writeFields(pair) }];
  });
  return writeFields([{ number: 5, value: writeFields(entries) }]);
}

function readValue(bytes: Uint8Array, depth: number): unknown {
  const [field] = readFields(bytes) ?? [];
  if (field === undefined || depth > MAX_DEPTH) return null;
  const { number, value } = field;
  if (typeof value === "number") return number === 4 ? value === 1 : null;
  if (number === 2) return value.length === 8 ? new DataView(value.buffer, value.byteOffset).getFloat64(0, true) : null;
  if (number === 3) return textOf(value);
  const parts = (readFields(value) ?? []).flatMap((each) => (each.value instanceof Uint8Array ? [each.value] : []));
  if (number === 6) return parts.map((part) => readValue(part, depth + 1));
  return Object.fromEntries(
    parts.map((part) => {
      const pair = readFields(part) ?? [];
      const own = pair.find((each) => each.number === 2)?.value;
      const read = own instanceof Uint8Array ? readValue(own, depth + 1) : null;
      return [textOf(pair.find((each) => each.number === 1)?.value), read];
    }),
  );
}

function textOf(value: number | Uint8Array | undefined): string {
  return value instanceof Uint8Array ? (decodeUtf8(value, 0, value.length) ?? "") : "";
}
