import { hashOf } from "./hash-of.js";
import type { RpcMeta } from "./rpc-meta.js";

/** So many are kept of a connection at the most, each in a place of its own. A power of two. */
const PLACES = 16;
/** Longer ones are not kept. */
const LONGEST_META = 256;
/** Tags of the fields of a request and of an answer, one of which comes first in what brpc and callwire write. */
const REQUEST_TAG = 0x0a;
const RESPONSE_TAG = 0x12;

interface KnownMeta<V> {
  /** All before the number of the correlation id, its tag included, and all after it. */
  readonly before: Uint8Array;
  readonly after: Uint8Array;
  readonly value: V;
}

/**
 * What was made of the metas that a connection has brought, found again by their bytes: those of calls of one method differ in the correlation id alone, which is
 * all that is read of them then. Kept are those that have come twice, one after the other in their place, so that metas of which each is another cost no memory.
 */
export class KnownMetas<V> {
  /** The correlation id of the meta that was found last, in two halves; signed, so that they are small numbers. */
  idLow: number = 0;
  idHigh: number = 0;
  readonly #places: (KnownMeta<V> | undefined)[] = [];
  /** What the bytes came to that were last seen for each place, and not found there. */
  readonly #seen: number[] = [];

  /** What was kept for a meta that has the same bytes but for its correlation id; undefined: it is to be read. */
  find(bytes: Uint8Array, start: number, end: number): V | undefined {
    const known = this.#places[placeOf(bytes, start)];
    if (known === undefined) return undefined;
    const { before, after } = known;
    const idAt = start + before.length;
    const afterAt = end - after.length;
    if (idAt >= afterAt) return undefined;
    // All of these places are within the meta.
    for (let at = 0; at < before.length; at += 1) if (bytes[start + at] !== before[at]) return undefined;
    for (let at = 0; at < after.length; at += 1) if (bytes[afterAt + at] !== after[at]) return undefined;
    return this.#readId(bytes, idAt, afterAt) ? known.value : undefined;
  }

  /**
   * Keeps what was made of a `repeatable` meta that has been read and not been found, if it was the last such for its place before, too. `value` has to say all that the meta says
   * beside one correlation id. The bytes are copied.
   */
  keep(bytes: Uint8Array, { start, idStart, idEnd, end }: RpcMeta, value: V): void {
    const tag = bytes[start];
    if ((tag !== REQUEST_TAG && tag !== RESPONSE_TAG) || end - start > LONGEST_META) return;
    const place = placeOf(bytes, start);
    const hash = hashOf(bytes, { start: idEnd, end }, hashOf(bytes, { start, end: idStart }, 0));
    if (this.#seen[place] === hash)
      this.#places[place] = { before: bytes.slice(start, idStart), after: bytes.slice(idEnd, end), value };
    while (this.#seen.length < PLACES) {
      this.#seen.push(-1);
      this.#places.push(undefined);
    }
    this.#seen[place] = hash;
  }

  /** Reads the number between `at` and `end`, and nothing else may be there. */
  #readId(bytes: Uint8Array, start: number, end: number): boolean {
    let low = 0;
    let high = 0;
    let shift = 0;
    for (let at = start; at < end; at += 1) {
      const byte = bytes[at] ?? 0;
      const bits = byte & 0x7f;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high = bits >>> 4;
      } else if (shift < 63) high |= bits << (shift - 32);
      else if (shift === 63) high |= (bits & 1) << 31;
      else return false;
      shift += 7;
      if (byte < 0x80) {
        this.idLow = low;
        this.idHigh = high;
        return at + 1 === end;
      }
    }
    return false;
  }
}

/** Where a meta is kept: by the length of its first field, and two of the last bytes in it, which end the method's name. */
function placeOf(bytes: Uint8Array, start: number): number {
  const length = bytes[start + 1] ?? 0;
  const last = start + 1 + length;
  return (length + 5 * (bytes[last] ?? 0) + 3 * (bytes[last - 2] ?? 0)) & (PLACES - 1);
}
