/** Memory for what is still to come is at the most so many times what has. */
const GROWTH = 16;

/**
 * Bytes that came and have not been used, from `bytes[at]` to `bytes[until]`. A chunk that finds it empty is used where it lies; what is
 * left of it is copied by `keep`.
 */
export class InBuffer {
  bytes: Uint8Array = NONE;
  at: number = 0;
  until: number = 0;
  /** How many bytes have to be held, as far as is known, until some can be used; a hint, for memory to be taken at once. */
  wanted: number = 0;
  /** This buffer's own array, where it has one; its bytes are not lent. */
  #own: Uint8Array | undefined = undefined;

  /** How many bytes are held. */
  get held(): number {
    return this.until - this.at;
  }

  /** What is held lies in memory of its own: what was used of it is written no more. */
  get owned(): boolean {
    return this.bytes === this.#own;
  }

  /** Takes a chunk, which is lent until `keep`. */
  push(chunk: Uint8Array): void {
    if (this.held === 0) {
      this.bytes = chunk;
      this.at = 0;
      this.until = chunk.length;
    } else this.#append(chunk);
  }

  /** Makes what is left this buffer's own: the chunk that it lay in goes back to its owner. */
  keep(): void {
    if (this.held === 0) this.clear();
    else if (this.bytes !== this.#own) {
      const rest = this.bytes.subarray(this.at, this.until);
      this.#own = undefined;
      this.bytes = NONE;
      this.at = this.until = 0;
      this.#append(rest);
    }
  }

  /** Forgets everything. */
  clear(): void {
    this.bytes = NONE;
    this.#own = undefined;
    this.at = this.until = 0;
  }

  #append(chunk: Uint8Array): void {
    const { held } = this;
    let own = this.#own;
    if (own === undefined || this.bytes !== own || own.length - this.until < chunk.length) {
      own = new Uint8Array(this.#roomFor(held + chunk.length));
      own.set(this.bytes.subarray(this.at, this.until));
      this.#own = this.bytes = own;
      this.at = 0;
      this.until = held;
    }
    own.set(chunk, this.until);
    this.until += chunk.length;
  }

  #roomFor(needed: number): number {
    // Whoever only claims a length gets little.
    if (this.wanted > needed) return Math.min(this.wanted, Math.max(needed * GROWTH, 256));
    // Doubling, so that what comes in many chunks is copied a few times only.
    return Math.max(needed * 2, 256);
  }
}

const NONE = new Uint8Array(0);
