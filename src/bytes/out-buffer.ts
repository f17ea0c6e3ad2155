/** The usual size of a buffer; larger ones are made for one use and not kept. */
const SIZE = 65_536;
const SPARES_KEPT = 16;
const spares: Uint8Array[] = [];
const NONE = new Uint8Array(0);

/**
 * Bytes on their way out, gathered until they leave in one write. Write at `bytes[length]` after `reserve`, then move `length`.
 * Buffers are taken from a shared stock when the first byte comes, so that a silent connection holds none.
 */
export class OutBuffer {
  bytes: Uint8Array = NONE;
  length: number = 0;

  /** Makes room for `size` more bytes and returns where they go. `bytes` may be another array afterwards. */
  reserve(size: number): number {
    const needed = this.length + size;
    if (needed > this.bytes.length) this.#grow(needed);
    return this.length;
  }

  /** Adds bytes, copied. */
  push(bytes: Uint8Array): void {
    const at = this.reserve(bytes.length);
    this.bytes.set(bytes, at);
    this.length = at + bytes.length;
  }

  /** Everything gathered, lent until `release` or `forget`, one of which must follow. */
  view(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }

  /** The bytes have been used: the buffer goes back to the stock. */
  release(): void {
    if (this.bytes.length === SIZE && spares.length < SPARES_KEPT) spares.push(this.bytes);
    this.forget();
  }

  /** Somebody else still holds the bytes: the buffer is theirs. */
  forget(): void {
    this.bytes = NONE;
    this.length = 0;
  }

  #grow(needed: number): void {
    const bytes =
      needed <= SIZE ? (spares.pop() ?? new Uint8Array(SIZE)) : new Uint8Array(Math.max(needed, this.bytes.length * 2));
    // Most are empty when they grow, and a view costs more than all else here.
    if (this.length > 0) bytes.set(this.bytes.subarray(0, this.length));
    this.bytes = bytes;
  }
}
