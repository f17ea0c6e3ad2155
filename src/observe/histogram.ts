/** Whole microseconds below this have a slot each. */
const EXACT = 256;
/** Slots of each doubling above. */
const STEPS = 128;
/** Up to 2³² µs, a little over an hour. */
const DOUBLINGS = 24;

/**
 * Counts latencies in fixed memory: recording allocates nothing, so it can stand beside what it measures.
 *
 * Log-linear, in microseconds: exact below 256, above that 128 steps to each doubling (off by 0.4 % at most), up to 2³² µs; what is longer
 * counts in the last slot. `count`, `mean` and `max` are exact.
 */
export class Histogram {
  readonly #slots = new Uint32Array(EXACT + DOUBLINGS * STEPS);
  #count = 0;
  #sum = 0;
  #max = 0;

  /** How many were recorded. */
  get count(): number {
    return this.#count;
  }

  /** The longest recorded, in microseconds; 0 when none are. */
  get max(): number {
    return this.#max;
  }

  /** The arithmetic mean, in microseconds; 0 when none are recorded. */
  get mean(): number {
    return this.#count === 0 ? 0 : this.#sum / this.#count;
  }

  /** Adds one latency, in microseconds; below 0 counts as 0. */
  record(micros: number): void {
    const value = Math.max(0, micros);
    const slot = slotOf(value);
    this.#slots[slot] = (this.#slots[slot] ?? 0) + 1;
    this.#count += 1;
    this.#sum += value;
    if (value > this.#max) this.#max = value;
  }

  /** The latency in microseconds that `p` per cent (0 to 100) of those recorded do not exceed, by nearest rank; 0 when none are recorded. */
  percentile(p: number): number {
    const rank = Math.max(1, Math.ceil((this.#count * p) / 100));
    if (rank >= this.#count) return this.#max;
    let seen = 0;
    for (const [slot, count] of this.#slots.entries()) {
      seen += count;
      if (seen >= rank) return Math.min(middleOf(slot), this.#max);
    }
    return this.#max;
  }
}

function slotOf(micros: number): number {
  if (micros < EXACT) return Math.trunc(micros);
  const whole = Math.min(Math.trunc(micros), 2 ** 32 - 1);
  const doubling = 31 - Math.clz32(whole) - 7; // 1 for 256…511, 2 for 512…1023, …
  return EXACT + (doubling - 1) * STEPS + ((whole >>> doubling) - STEPS);
}

/** The middle of what a slot holds: whole microseconds stand for themselves and what is up to one above. */
function middleOf(slot: number): number {
  if (slot < EXACT) return slot + 0.5;
  const doubling = Math.floor((slot - EXACT) / STEPS) + 1;
  const step = ((slot - EXACT) % STEPS) + STEPS;
  return (step + 0.5) * 2 ** doubling;
}
