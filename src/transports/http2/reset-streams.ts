/**
 * The streams that this end has reset and whose peers may not have heard of it, so that frames of theirs are passed over (RFC 9113 §5.1). The
 * newest are known by number; below the oldest that has been forgotten, all closed streams are taken for such.
 */
export class ResetStreams {
  readonly #most: number;
  readonly #ids: Set<number> = new Set();
  #floor = 0;

  constructor(most: number) {
    this.#most = most;
  }

  add(id: number): void {
    this.#ids.add(id);
    if (this.#ids.size <= this.#most) return;
    for (const oldest of this.#ids) {
      this.#ids.delete(oldest);
      this.#floor = Math.max(this.#floor, oldest);
      break;
    }
  }

  /** Whether what comes for a closed stream is to be passed over. */
  has(id: number): boolean {
    return id <= this.#floor || this.#ids.has(id);
  }
}
