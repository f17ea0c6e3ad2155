/** What is learned of a method by one call more: a slow one counts at once, fast ones little by little. */
const SHARE = 0.1;
/** Methods that are kept account of. */
const KEPT = 1024;

/** Learns, in a worker, for how long calls of each method keep it from everything else. */
export class CallCosts {
  /** Milliseconds by path: as learned, and as last told. */
  readonly #learned: Map<string, { ms: number; told: number }> = new Map();
  /** Paths of the calls that were given their whole input in this turn. */
  #turn: string[] = [];
  #began = 0;
  #at = 0;
  #known = 0;

  /** A message of calls is here. */
  begin(): void {
    const now = performance.now();
    if (this.#turn.length === 0) {
      this.#began = now;
      this.#known = 0;
    }
    this.#at = now;
  }

  /** An event has been passed to a call; `whole`: the call has its whole input. */
  passed(path: string, whole: boolean): void {
    const now = performance.now();
    const ms = now - this.#at;
    this.#at = now;
    this.#known += ms;
    if (whole) this.#turn.push(path);
    this.#learn(path, ms, whole);
  }

  /** The turn is over, with the promises that were due in it. Returns what has become much different from what was told before. */
  over(): readonly (readonly ["cost", path: string, ms: number])[] {
    const turn = this.#turn;
    if (turn.length === 0) return [];
    this.#turn = [];
    const rest = (performance.now() - this.#began - this.#known) / turn.length;
    const news: (readonly ["cost", string, number])[] = [];
    for (const path of new Set(turn)) {
      const learned = this.#learned.get(path);
      if (learned === undefined) continue;
      // What a method does after it has awaited cannot be told from what the others of the turn did.
      if (rest > learned.ms) learned.ms = rest;
      if (learned.ms > learned.told * 2 || learned.ms < learned.told / 2 || learned.told === 0) {
        learned.told = learned.ms;
        news.push(["cost", path, learned.ms]);
      }
    }
    return news;
  }

  #learn(path: string, ms: number, whole: boolean): void {
    const learned = this.#learned.get(path);
    if (learned === undefined) {
      if (this.#learned.size < KEPT) this.#learned.set(path, { ms, told: 0 });
    } else if (ms > learned.ms) learned.ms = ms;
    else if (whole) learned.ms += (ms - learned.ms) * SHARE;
  }
}
