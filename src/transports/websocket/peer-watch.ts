/** A peer that says nothing for so long is asked whether it is there, and has as long again to show it. */
const QUIET_MS = 30_000;

/** What is to be done about a peer: nothing, ask whether it is there, give it up, or refuse a message that takes too long to arrive. */
export type PeerVerdict = "fine" | "ask" | "gone" | "slow";

/** Watches over a peer that may have left without a word, or sends a message in drops. Time is what `tick` is told. */
export class PeerWatch {
  readonly #arrivalMs: number;
  #silentMs = 0;
  #asked = false;
  /** What came last belongs to a frame that is not whole yet, and for how long that has been so. */
  #arriving = false;
  #arrivingMs = 0;

  /** A message may take `arrivalMs` to arrive. */
  constructor(arrivalMs: number) {
    this.#arrivalMs = arrivalMs;
  }

  /** Bytes came. Whatever they turn out to say takes back that something is arriving; what follows it in them is noticed with the next bytes. */
  came(): void {
    this.#silentMs = 0;
    this.#asked = false;
    this.#arriving = true;
  }

  /** Something whole was heard. */
  heard(): void {
    this.#arriving = false;
    this.#arrivingMs = 0;
  }

  /** This end holds up the reading, or the peer does not read: its silence says nothing. */
  excuse(): void {
    this.#silentMs = 0;
    this.#asked = false;
  }

  /** So much time has passed. */
  tick(elapsedMs: number): PeerVerdict {
    if (this.#arriving) this.#arrivingMs += elapsedMs;
    if (this.#arrivingMs > this.#arrivalMs) return "slow";
    this.#silentMs += elapsedMs;
    if (this.#silentMs >= 2 * QUIET_MS) return "gone";
    if (this.#silentMs < QUIET_MS || this.#asked) return "fine";
    this.#asked = true;
    return "ask";
  }
}
