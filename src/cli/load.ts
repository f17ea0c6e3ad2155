import { RpcError } from "../client.js";
import { Histogram } from "../observe/histogram.js";

/** Where the server cannot be reached, the next call waits so long, so that the connection can come back. */
const PAUSE_MS = 10;

/** A load on a server. */
export interface LoadPlan {
  /** Makes one call; what it rejects with is counted by its code. */
  readonly call: () => Promise<unknown>;
  /** Calls in flight: always (closed loop), or at the most (open loop). */
  readonly concurrency: number;
  readonly durationMs: number;
  /** What happens in so long a time before is not counted. */
  readonly warmupMs: number;
  /** After the end, calls in flight may be answered for so long. */
  readonly graceMs: number;
  /** Calls a second, evenly spaced (open loop); without it, each call follows the answer of another (closed loop). */
  readonly rate: number | undefined;
  /** Aborting it ends the run early. */
  readonly signal: AbortSignal;
}

/** What a load has shown, of the time after its warm-up. */
export interface LoadResult {
  /** Calls that were answered without an error. */
  readonly calls: number;
  /**
   * How long they took, in microseconds. In an open loop that begins when a call was due, whenever it could be sent, and calls that were due
   * but answered after the end, or not at all, are in it too.
   */
  readonly latencies: Histogram;
  /** Calls that ended with an error, by code. */
  readonly errors: ReadonlyMap<string, number>;
  /** Calls that nobody has answered, the grace after the end included. */
  readonly unanswered: number;
  readonly elapsedMs: number;
}

/** A load while it runs. */
export class Load {
  readonly #plan: LoadPlan;
  readonly #latencies = new Histogram();
  #calls = 0;
  readonly #errors: Map<string, number> = new Map();
  readonly #start: number = performance.now();
  readonly #from: number;
  #end: number;
  /** Calls in flight, each with the time when it was due. */
  readonly #open: Set<{ readonly due: number }> = new Set();
  /** The open loop's calls that have been sent. */
  #sent = 0;
  #told = false;
  #patience: NodeJS.Timeout | undefined = undefined;
  #freed: (() => void) | undefined = undefined;

  constructor(plan: LoadPlan) {
    this.#plan = plan;
    this.#from = this.#start + plan.warmupMs;
    this.#end = this.#from + plan.durationMs;
  }

  /** How many calls have been answered without an error so far. */
  get calls(): number {
    return this.#calls;
  }

  /** Runs it to its end, once. Never rejects: errors are what it counts. */
  async run(): Promise<LoadResult> {
    const { rate, concurrency } = this.#plan;
    const loops =
      rate === undefined ? Array.from({ length: concurrency }, () => this.#closedLoop()) : [this.#openLoop(rate)];
    await Promise.race([Promise.all(loops), this.#over()]);
    clearTimeout(this.#patience);
    this.#told = true;
    return {
      calls: this.#calls,
      latencies: this.#latencies,
      errors: this.#errors,
      unanswered: this.#unanswered(),
      elapsedMs: Math.max(0, this.#end - this.#from),
    };
  }

  async #closedLoop(): Promise<void> {
    while (performance.now() < this.#end) await this.#call(performance.now());
  }

  async #openLoop(rate: number): Promise<void> {
    for (;;) {
      const due = this.#start + (this.#sent * 1000) / rate;
      await this.#until(due);
      while (this.#open.size >= this.#plan.concurrency && !this.#told) await this.#room();
      if (due >= this.#end || this.#told) break;
      this.#sent += 1;
      void this.#call(due);
    }
    while (this.#open.size > 0 && !this.#told) await this.#room();
  }

  async #call(due: number): Promise<void> {
    const call = { due };
    this.#open.add(call);
    try {
      await this.#plan.call();
      this.#answered(due, performance.now());
    } catch (error) {
      const code = error instanceof RpcError ? error.code : "unknown";
      if (performance.now() >= this.#from && !this.#told) this.#errors.set(code, (this.#errors.get(code) ?? 0) + 1);
      await (code === "unavailable" ? timer(PAUSE_MS) : turn());
    }
    this.#open.delete(call);
    this.#freed?.();
  }

  #answered(due: number, now: number): void {
    if (now < this.#from || this.#told) return;
    const inTime = now <= this.#end;
    if (inTime) this.#calls += 1;
    if (inTime || this.#plan.rate !== undefined) this.#latencies.record((now - due) * 1000);
  }

  /** Counts what is in flight and, in an open loop, what could not be sent when it was due. */
  #unanswered(): number {
    const { rate } = this.#plan;
    if (rate === undefined) return this.#open.size;
    const now = performance.now();
    const dues = [...this.#open].map(({ due }) => due);
    for (let due = 0; (due = this.#start + (this.#sent * 1000) / rate) < this.#end; this.#sent += 1) dues.push(due);
    for (const due of dues) this.#latencies.record((now - due) * 1000);
    return dues.length;
  }

  #room(): Promise<void> {
    return new Promise((resolve) => {
      this.#freed = resolve;
    });
  }

  /** Waits until a time, or the end. A timer is up to a millisecond late, so the last stretch is waited out turn by turn. */
  async #until(time: number): Promise<void> {
    for (;;) {
      const wait = Math.min(time, this.#end) - performance.now();
      if (wait <= 0) return;
      await (wait > 2 ? timer(wait - 1.5) : turn());
    }
  }

  /** Resolves when the end of the run, which may be moved up, has been a while ago. */
  #over(): Promise<void> {
    const { signal, graceMs } = this.#plan;
    return new Promise((resolve) => {
      this.#patience = setTimeout(resolve, this.#end - performance.now() + graceMs);
      const cut = (): void => {
        clearTimeout(this.#patience);
        this.#end = Math.min(this.#end, performance.now());
        this.#patience = setTimeout(resolve, graceMs);
      };
      if (signal.aborted) cut();
      else signal.addEventListener("abort", cut, { once: true });
    });
  }
}

function timer(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
