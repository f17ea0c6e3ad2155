const EMPTY = new Uint8Array(0);

/**
 * Bytes that came and are not used up: `bytes` from `at` to `until`. A chunk is lent until `keep`, and what is left of it is copied only then.
 * Whoever uses bytes moves `at`.
 */
export class HeldBytes {
  bytes: Uint8Array = EMPTY;
  at: number = 0;
  until: number = 0;
  /** How many bytes of the stream came before `bytes[0]`. */
  #before = 0;
  /** Storage of its own, while it holds what is left. */
  #own: Uint8Array | undefined = undefined;

  get length(): number {
    return this.until - this.at;
  }

  /** Where in the whole stream `at` is; stays true when bytes move. */
  get position(): number {
    return this.#before + this.at;
  }

  /** Where in the whole stream the held bytes end. */
  get end(): number {
    return this.#before + this.until;
  }

  push(chunk: Uint8Array): void {
    if (this.at < this.until) {
      this.#append(chunk);
      return;
    }
    this.#before += this.until;
    this.#own = undefined;
    this.bytes = chunk;
    this.at = 0;
    this.until = chunk.length;
  }

  keep(): void {
    if (this.at === this.until) {
      this.#before += this.until;
      this.#own = undefined;
      this.bytes = EMPTY;
      this.at = this.until = 0;
    } else if (this.#own === undefined) this.#move(this.until - this.at);
  }

  #append(chunk: Uint8Array): void {
    // Doubling, so that a message which comes in many chunks is copied a few times only.
    if (this.#own === undefined || this.#own.length - this.until < chunk.length)
      this.#move(Math.max((this.length + chunk.length) * 2, 256));
    this.bytes.set(chunk, this.until);
    this.until += chunk.length;
  }

  #move(size: number): void {
    const own = new Uint8Array(size);
    own.set(this.bytes.subarray(this.at, this.until));
    this.#own = this.bytes = own;
    this.#before += this.at;
    this.until -= this.at;
    this.at = 0;
  }
}
