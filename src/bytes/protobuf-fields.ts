/** How a field's value is written (https://protobuf.dev/programming-guides/encoding/): `broken` where nothing could be read. */
export type FieldKind = "varint" | "bytes" | "fixed" | "broken";

/** The kinds by the last three bits of a tag; groups (3 and 4) are not read. */
const KINDS: readonly FieldKind[] = ["varint", "fixed", "bytes", "broken", "broken", "fixed", "broken", "broken"];
const FIXED64 = 1;

/**
 * Reads the fields of a protobuf message one after another, without an object a field: for messages that belong to a protocol itself.
 * `open`, then `next` until it says false; `kind` is then `broken` where the bytes are no message.
 */
export class FieldReader {
  number: number = 0;
  kind: FieldKind = "varint";
  /** A varint's 64 bits, each half unsigned. */
  low: number = 0;
  high: number = 0;
  /** Where the value is; of `bytes`, without its length. */
  start: number = 0;
  end: number = 0;
  #bytes: Uint8Array = NONE;
  #at = 0;
  #until = 0;

  /** Goes to the beginning of a message. The bytes are lent until its end. */
  open(bytes: Uint8Array, start: number, end: number): void {
    this.#bytes = bytes;
    this.#at = start;
    this.#until = end;
    this.kind = "varint";
  }

  /** Reads the next field; false: there is none, or it is broken. */
  next(): boolean {
    if (this.#at >= this.#until) return false;
    // Protobuf's numbers have 29 bits, and their tags therefore 32.
    if (!this.#varint() || this.high !== 0 || this.low < 8) return this.#broken();
    const tag = this.low;
    const type = tag & 7;
    this.number = tag >>> 3;
    this.kind = KINDS[type] ?? "broken";
    this.start = this.#at;
    if (this.kind === "varint") {
      if (!this.#varint()) return this.#broken();
      this.end = this.#at;
      return true;
    }
    if (this.kind === "broken") return false;
    let length = type === FIXED64 ? 8 : 4;
    if (this.kind === "bytes") {
      if (!this.#varint() || this.high !== 0) return this.#broken();
      length = this.low;
    }
    if (length > this.#until - this.#at) return this.#broken();
    this.start = this.#at;
    this.#at += length;
    this.end = this.#at;
    return true;
  }

  #broken(): false {
    this.kind = "broken";
    return false;
  }

  /** Reads a varint of up to ten bytes into both halves; what goes beyond 64 bits is dropped, as protobuf's own readers do. */
  #varint(): boolean {
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70 && this.#at < this.#until; shift += 7) {
      const byte = this.#bytes[this.#at] ?? 0;
      const bits = byte & 0x7f;
      this.#at += 1;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high = bits >>> 4;
      } else if (shift < 63) high |= bits << (shift - 32);
      else high |= (bits & 1) << 31;
      if (byte < 0x80) {
        this.low = low >>> 0;
        this.high = high >>> 0;
        return true;
      }
    }
    return false;
  }
}

const NONE = new Uint8Array(0);
