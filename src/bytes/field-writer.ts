/** Bytes that a varint of 64 bits may take. */
const LONGEST_VARINT = 10;
/** The last three bits of a tag (https://protobuf.dev/programming-guides/encoding/). */
const VARINT = 0;
const BYTES = 2;

/**
 * Writes fields of a protobuf message, one after another, where the caller has made room for them: for messages that belong to a protocol itself.
 * Numbers of fields are below 16, so that their tags have one byte.
 */
export class FieldWriter {
  bytes: Uint8Array = NONE;
  at: number = 0;

  /** Writes to `bytes` from `at` on. */
  open(bytes: Uint8Array, at: number): void {
    this.bytes = bytes;
    this.at = at;
  }

  /** A field with a whole number, its 64 bits given as two unsigned halves. */
  number(field: number, low: number, high: number = 0): void {
    this.#byte((field << 3) | VARINT);
    this.#varint(low, high);
  }

  /** A field with bytes. */
  field(field: number, value: Uint8Array): void {
    this.head(field, value.length);
    this.raw(value);
  }

  /** How a field of so many bytes begins. */
  head(field: number, length: number): void {
    this.#byte((field << 3) | BYTES);
    this.#varint(length, 0);
  }

  /** Bytes as they are: fields that were written before, or a field's value. */
  raw(value: Uint8Array): void {
    this.bytes.set(value, this.at);
    this.at += value.length;
  }

  /** A number of 32 bits, most significant byte first. */
  uint32(value: number): void {
    const { bytes, at } = this;
    bytes[at] = value >>> 24;
    bytes[at + 1] = value >>> 16;
    bytes[at + 2] = value >>> 8;
    bytes[at + 3] = value;
    this.at = at + 4;
  }

  #byte(value: number): void {
    this.bytes[this.at] = value;
    this.at += 1;
  }

  #varint(low: number, high: number): void {
    let rest = low >>> 0;
    let above = high >>> 0;
    while (above !== 0 || rest >= 0x80) {
      this.#byte((rest & 0x7f) | 0x80);
      rest = ((rest >>> 7) | (above << 25)) >>> 0;
      above >>>= 7;
    }
    this.#byte(rest);
  }
}

/** How many bytes a field with so long a value takes at the most. */
export function fieldRoom(length: number): number {
  return 1 + LONGEST_VARINT + length;
}

const NONE = new Uint8Array(0);
