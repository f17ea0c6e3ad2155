/** Places before the table grows: a power of two. */
const FIRST_SIZE = 8;

/**
 * The open streams of a connection by number. Each is at the place of its number's last bits, which for numbers that go up is nearly always free; those
 * whose place is taken, by a stream that has been open for longer than so many others, are in a Map. A Map alone is made anew by every few deletions, and in
 * V8's old generation once it is there itself.
 */
export class StreamTable<S extends { readonly id: number }> {
  #places: (S | undefined)[] = places(FIRST_SIZE);
  /** Made for the first that needs it. */
  #others: Map<number, S> | undefined = undefined;
  #size = 0;

  /** How many are open. */
  get size(): number {
    return this.#size;
  }

  /** The stream of a number. */
  get(id: number): S | undefined {
    const stream = this.#places[this.#placeOf(id)];
    return stream?.id === id ? stream : this.#others?.get(id);
  }

  /** Adds a stream, whose number has none. */
  add(stream: S): void {
    if (this.#size >= this.#places.length) this.#grow();
    this.#size += 1;
    this.#put(stream);
  }

  /** Forgets a stream, if it is there. */
  delete(stream: S): void {
    const place = this.#placeOf(stream.id);
    if (this.#places[place] === stream) this.#places[place] = undefined;
    else if (this.#others?.delete(stream.id) !== true) return;
    this.#size -= 1;
  }

  /** Every stream, in the order of their numbers, as they are now. */
  all(): S[] {
    const streams = this.#places.filter((stream) => stream !== undefined);
    if (this.#others !== undefined) streams.push(...this.#others.values());
    return streams.toSorted((one, other) => one.id - other.id);
  }

  /** Forgets all. */
  clear(): void {
    this.#places.fill(undefined);
    this.#others = undefined;
    this.#size = 0;
  }

  /** The numbers of one end's streams are all odd, or all even (RFC 9113 §5.1.1). */
  #placeOf(id: number): number {
    return (id >>> 1) & (this.#places.length - 1);
  }

  #put(stream: S): void {
    const place = this.#placeOf(stream.id);
    if (this.#places[place] === undefined) this.#places[place] = stream;
    else (this.#others ??= new Map()).set(stream.id, stream);
  }

  #grow(): void {
    const streams = this.all();
    this.#places = places(this.#places.length * 2);
    this.#others = undefined;
    for (const stream of streams) this.#put(stream);
  }
}

/** As many as there can be at once, so that no place is a hole, which costs more to look at. */
function places<S>(size: number): (S | undefined)[] {
  return Array.from({ length: size }, () => undefined);
}
