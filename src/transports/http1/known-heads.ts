import type { InBuffer } from "../../bytes/in-buffer.js";

/** So many heads are kept on a connection, of so many bytes at most: clients repeat theirs but for the length of the body. */
const HEADS_KEPT = 4;
const LONGEST_BYTES = 2048;

interface Known<Head> {
  /** The whole head, with the empty line at its end. */
  readonly bytes: Uint8Array;
  readonly head: Head;
  /** Where another head was last found to differ: likely to tell them apart again. */
  differs: number;
}

/** The heads that came last on a connection, found again by their bytes: the same bytes are the same object. */
export class KnownHeads<Head> {
  readonly #known: Known<Head>[] = [];
  #oldest = 0;

  /** The head that the buffer begins with, taken out of it; undefined where it is none of those kept, or not whole. */
  take(buffer: InBuffer): Head | undefined {
    const { bytes, at, held } = buffer;
    for (let i = 0; i < this.#known.length; i += 1) {
      const known = this.#known[i];
      if (known === undefined || known.bytes.length > held) continue;
      if (bytes[at + known.differs] !== known.bytes[known.differs]) continue;
      const same = commonLength(known.bytes, bytes, at);
      if (same < known.bytes.length) known.differs = same;
      else {
        buffer.at = at + same;
        return known.head;
      }
    }
    return undefined;
  }

  /** Keeps a head for the next time; its bytes are copied. */
  keep(bytes: Uint8Array, head: Head): void {
    if (bytes.length > LONGEST_BYTES) return;
    // Not slice(), which would copy nothing of a node Buffer.
    this.#known[this.#oldest] = { bytes: new Uint8Array(bytes), head, differs: 0 };
    this.#oldest = (this.#oldest + 1) % HEADS_KEPT;
  }
}

function commonLength(one: Uint8Array, other: Uint8Array, at: number): number {
  let same = 0;
  while (same < one.length && one[same] === other[at + same]) same += 1;
  return same;
}
