import type { End, Lockstep, Watch } from "./lockstep.js";

/** So many empty turns tell what a turn costs by itself. */
const EMPTY_TURNS = 64;

/**
 * Adds up what one end of a lockstep allocates, in bytes. It is right while nothing is collected: in a process with a young generation that is large enough
 * (`--min-semi-space-size`, and no `gc()` before, after which V8 counts whole pages). Where something was, `collected` says so.
 */
export class HeapWatch implements Watch {
  heap = 0;
  /** In arrays of bytes, outside the heap. */
  buffers = 0;
  collected = false;
  readonly #end: End;
  #heapBefore = 0;
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
      each.push(watch.heap);
      watch.reset();
      return each.length > EMPTY_TURNS;
    }, watch);
    // The least: now and then a tick of the server's own falls into a turn.
    watch.#own = Math.min(...each.slice(1));
    return watch;
  }

  reset(): void {
    this.heap = 0;
    this.buffers = 0;
    this.collected = false;
  }

  began(end: End): void {
    if (end !== this.#end) return;
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    this.#heapBefore = heapUsed;
    this.#buffersBefore = arrayBuffers;
  }

  ended(end: End): void {
    if (end !== this.#end) return;
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    if (heapUsed < this.#heapBefore) this.collected = true;
    this.heap += heapUsed - this.#heapBefore - this.#own;
    this.buffers += arrayBuffers - this.#buffersBefore;
  }
}
