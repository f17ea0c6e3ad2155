import { getHeapSpaceStatistics } from "node:v8";
import type { End, Lockstep, Watch } from "./lockstep.js";

/** So many empty turns tell what a turn costs by itself. */
const EMPTY_TURNS = 64;

/** Where V8 puts most of what is new, and counts it to the byte. */
const YOUNG = placeOf("new_space");
/** Where it puts what is known to stay, and what large tables grow into: in pages of 256 KiB, each of which counts as used from the first byte. */
const OLD = placeOf("old_space");

/**
 * Adds up what one end of a lockstep allocates, in bytes. It is right while nothing is collected: in a process with a young generation that is large enough
 * (`--min-semi-space-size`). Where something was, `collected` says so.
 */
export class HeapWatch implements Watch {
  /** In the young generation. */
  young = 0;
  /** In the old one, by whole pages. */
  old = 0;
  /** In arrays of bytes, outside the heap. */
  buffers = 0;
  collected = false;
  readonly #end: End;
  #youngBefore = 0;
  #oldBefore = 0;
  #buffersBefore = 0;
  /** What a turn costs in which nothing happens: the lockstep's own, and that of looking. */
  #own = 0;

  private constructor(end: End) {
    this.#end = end;
  }

  /** Makes one for an end, after finding out what turns cost by themselves. Nothing may be open meanwhile. */
  static async of(lockstep: Lockstep, end: End): Promise<HeapWatch> {
    const watch = new HeapWatch(end);
    const each: number[] = [];
    await lockstep.run(() => {
      each.push(watch.young);
      watch.reset();
      return each.length > EMPTY_TURNS;
    }, watch);
    // The least: now and then a tick of the server's own falls into a turn.
    watch.#own = Math.min(...each.slice(1));
    return watch;
  }

  reset(): void {
    this.young = this.old = this.buffers = 0;
    this.collected = false;
  }

  began(end: End): void {
    if (end !== this.#end) return;
    this.#buffersBefore = process.memoryUsage().arrayBuffers;
    const spaces = getHeapSpaceStatistics();
    this.#youngBefore = spaces[YOUNG]?.space_used_size ?? 0;
    this.#oldBefore = spaces[OLD]?.space_used_size ?? 0;
  }

  ended(end: End): void {
    if (end !== this.#end) return;
    const spaces = getHeapSpaceStatistics();
    const young = (spaces[YOUNG]?.space_used_size ?? 0) - this.#youngBefore;
    if (young < 0) this.collected = true;
    this.young += young - this.#own;
    this.old += (spaces[OLD]?.space_used_size ?? 0) - this.#oldBefore;
    this.buffers += process.memoryUsage().arrayBuffers - this.#buffersBefore;
  }
}

function placeOf(space: string): number {
  return getHeapSpaceStatistics().findIndex(({ space_name }) => space_name === space);
}
