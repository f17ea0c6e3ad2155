import { encodeUtf8 } from "../bytes/utf8.js";

/** One field of a message as protobuf writes it (https://protobuf.dev/programming-guides/encoding/): its number, and a varint, eight bytes, or bytes. */
export interface RawField {
  readonly number: number;
  readonly value: number | Uint8Array;
  /** The eight bytes of a double. */
  readonly fixed?: true;
}

/** Writes fields of the few messages that the protocol itself has; those of services are the codec's. */
export function writeFields(fields: readonly RawField[]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const { number, value, fixed } of fields) {
    if (typeof value === "number") parts.push(varint(number * 8), varint(value));
    else if (fixed === true) parts.push(varint(number * 8 + 1), value);
    else parts.push(varint(number * 8 + 2), varint(value.length), value);
  }
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Reads the fields of a message; undefined where the bytes are none. */
export function readFields(bytes: Uint8Array): readonly RawField[] | undefined {
  const fields: RawField[] = [];
  let at = 0;
  const next = (): number => {
    let value = 0;
    for (let scale = 1; at < bytes.length; scale *= 128) {
      const byte = bytes[at] ?? 0;
      at += 1;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
    return Number.NaN;
  };
  while (at < bytes.length) {
    const tag = next();
    const type = tag % 8;
    const number = Math.floor(tag / 8);
    if (type === 0) fields.push({ number, value: next() });
    else {
      const length = type === 1 ? 8 : type === 5 ? 4 : type === 2 ? next() : Number.NaN;
      if (!(at + length <= bytes.length)) return undefined;
      fields.push({ number, value: bytes.slice(at, at + length), ...(type === 1 ? { fixed: true } : {}) });
      at += length;
    }
  }
  return fields.some(({ value }) => Number.isNaN(value)) ? undefined : fields;
}

/** A text as the bytes of a field. */
export function textBytes(text: string): Uint8Array {
  return encodeUtf8(text);
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  bytes.push(rest);
  return Uint8Array.from(bytes);
}
