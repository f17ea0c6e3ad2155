const EXACT = 128;
const STEP = EXACT / 2;
const OCTAVES = 20;

/**
 * Counts latencies in fixed memory, so that recording allocates nothing while a run is measured.
 *
 * Log-linear: whole microseconds up to 128 µs, above that 64 steps to each doubling (an error of at most 1.6 %), up to about two
 * minutes; what is longer counts as the longest.
 */
export class Histogram {
  readonly #counts = new Uint32Array(EXACT + OCTAVES * STEP);
  #total = 0;

  /** Adds one latency, in microseconds. */
  record(micros: number): void {
    const whole = Math.trunc(micros);
    let slot = whole;
    if (whole >= EXACT) {
      const octave = 31 - Math.clz32(whole) - 6; // 1 for 128…255, 2 for 256…511, …
      slot = Math.min(EXACT + (octave - 1) * STEP + ((whole >> octave) - STEP), this.#counts.length - 1);
    }
    this.#counts[slot] = (this.#counts[slot] ?? 0) + 1;
    this.#total += 1;
  }

  /** The latency in microseconds that `p` per cent of the recorded ones do not exceed (the middle of its step); 0 when none are recorded. */
  percentile(p: number): number {
    const wanted = Math.max(1, Math.ceil((this.#total * p) / 100));
    let seen = 0;
    for (const [slot, count] of this.#counts.entries()) {
      seen += count;
      if (seen >= wanted) return middle(slot);
    }
    return 0;
  }

  /** Forgets everything recorded so far. */
  reset(): void {
    this.#counts.fill(0);
    this.#total = 0;
  }
}

function middle(slot: number): number {
  if (slot < EXACT) return slot + 0.5;
  const octave = Math.floor((slot - EXACT) / STEP) + 1;
  const step = ((slot - EXACT) % STEP) + STEP;
  return (step + 0.5) * 2 ** octave;
}
