/** How many sweeps a peer may let pass. */
export interface SweepLimits {
  /** Before its first byte. */
  readonly firstTicks: number;
  /** From then until it has shown what it speaks. */
  readonly detectTicks: number;
  /** In silence while no call is open. */
  readonly idleTicks: number;
}

/** How a connection begins: what has come of it, until it is known what that is. */
export class Opening {
  /** The session is being loaded, and what comes meanwhile is kept. */
  loading: boolean = false;
  #first: Uint8Array = NONE;
  #begun = false;
  /** Sweeps since it was made or began. */
  #ticks = 0;

  /** All that has come, with what comes now: that is lent, so `keep` it where the rest is still to come. */
  join(chunk: Uint8Array): Uint8Array {
    if (!this.#begun) this.#ticks = 0;
    this.#begun = true;
    return this.#first.length === 0 ? chunk : joined(this.#first, chunk);
  }

  keep(first: Uint8Array): void {
    this.#first = new Uint8Array(first);
  }

  /** A sweep has passed; returns why the connection is to be closed, where it has taken too long. */
  tick({ firstTicks, detectTicks }: SweepLimits): string | undefined {
    this.#ticks += 1;
    if (this.#ticks <= (this.#begun ? detectTicks : firstTicks)) return undefined;
    return this.#begun ? "it did not show in time what it speaks" : "it has not said anything in time";
  }
}

const NONE = new Uint8Array(0);

function joined(one: Uint8Array, other: Uint8Array): Uint8Array {
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}
