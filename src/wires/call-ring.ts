/** Calls that a client has open at once before the ring grows: a power of two. */
const FIRST_SIZE = 256;

/**
 * The open calls of a client's connection by number: a ring of a power of two, each call at the place of its number's last bits, which costs less than
 * a Map. Numbers go up by one; those whose place is taken are passed over.
 */
export class CallRing<C extends { readonly id: number }> {
  #places: (C | undefined)[] = Array.from({ length: FIRST_SIZE });
  #held = 0;
  #next = 1;

  /** The number that the next call gets, once it is added. */
  get next(): number {
    return this.#next;
  }

  /** Finds a free number for a call, which has to be added before another is asked for. */
  free(): number {
    if (this.#held * 2 >= this.#places.length) this.#grow();
    const mask = this.#places.length - 1;
    while (this.#places[this.#next & mask] !== undefined) this.#next += 1;
    return this.#next;
  }

  /** Adds a call under the number that `free` found. */
  add(call: C): void {
    this.#places[call.id & (this.#places.length - 1)] = call;
    this.#next += 1;
    this.#held += 1;
  }

  /** The call of a number. */
  at(id: number): C | undefined {
    const call = this.#places[id & (this.#places.length - 1)];
    return call?.id === id ? call : undefined;
  }

  /** Frees a call's place; false: it had none any more. */
  delete(call: C): boolean {
    const place = call.id & (this.#places.length - 1);
    if (this.#places[place] !== call) return false;
    this.#places[place] = undefined;
    this.#held -= 1;
    return true;
  }

  /** Every call, in no order. */
  all(): C[] {
    return this.#places.filter((call) => call !== undefined);
  }

  /** Frees all places. */
  clear(): void {
    this.#places.fill(undefined);
    this.#held = 0;
  }

  #grow(): void {
    const calls = this.all();
    this.#places = Array.from({ length: this.#places.length * 2 });
    const mask = this.#places.length - 1;
    // Numbers that differ in their last bits differ in one bit more, too.
    for (const call of calls) this.#places[call.id & mask] = call;
  }
}
