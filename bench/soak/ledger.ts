import { RpcError } from "callwire/client";

/** How long after its deadline a call may settle, on a machine that is busy. */
const GRACE_MS = 20_000;
/** So many findings are told word by word. */
const MOST_TOLD = 40;

/** What has come of all calls so far: plain data. */
export interface Accounts {
  readonly started: number;
  readonly settled: number;
  /** Calls that were answered, and rightly. */
  readonly right: number;
  /** Errors that were to be expected: `what code` and how many. */
  readonly expected: Readonly<Record<string, number>>;
  /** Wrong answers, errors that nobody expected, calls that did not settle in time. */
  readonly wrong: number;
  readonly unanswered: number;
  /** The kinds of calls that took longest: how long the longest took, and the average. Milliseconds. */
  readonly slowest: readonly (readonly [what: string, longest: number, average: number])[];
  /** What is wrong, in sentences. */
  readonly findings: readonly string[];
}

/** What a call came to. */
export type Outcome = "right" | { readonly expected: string } | { readonly wrong: string };

/** Keeps account of every call: none is forgotten, and each has to settle in its time. */
export class Ledger {
  readonly #graceMs: number;
  readonly #expected: Map<string, number> = new Map();
  readonly #findings: string[] = [];
  readonly #open: Map<number, string> = new Map();
  readonly #times: Map<string, { count: number; sum: number; most: number }> = new Map();
  #started = 0;
  #settled = 0;
  #right = 0;
  #wrong = 0;
  #unanswered = 0;

  constructor(graceMs: number = GRACE_MS) {
    this.#graceMs = graceMs;
  }

  /** Runs a call that has `limitMs` to settle, and a grace. Always resolves, at the latest then. */
  async run(what: string, limitMs: number, call: () => Promise<Outcome>): Promise<void> {
    const id = (this.#started += 1);
    this.#open.set(id, what);
    const began = performance.now();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<"late">((resolve) => {
      timer = setTimeout(() => resolve("late"), limitMs + this.#graceMs);
    });
    const outcome = await Promise.race([this.#outcomeOf(call), late]);
    clearTimeout(timer);
    this.#open.delete(id);
    this.#time(what, performance.now() - began);
    if (outcome === "late") {
      this.#unanswered += 1;
      this.find(`${what}: nothing came within ${limitMs + this.#graceMs} ms.`);
      return;
    }
    this.#settled += 1;
    if (outcome === "right") this.#right += 1;
    else if ("wrong" in outcome) {
      this.#wrong += 1;
      this.find(`${what}: ${outcome.wrong}`);
    } else this.expect(outcome.expected);
  }

  /** Counts an error that was to be expected. */
  expect(kind: string): void {
    this.#expected.set(kind, (this.#expected.get(kind) ?? 0) + 1);
  }

  /** Tells of something that should not be. */
  find(finding: string): void {
    if (this.#findings.length < MOST_TOLD) this.#findings.push(finding.slice(0, 600));
  }

  /** Calls that have not settled. */
  get open(): readonly string[] {
    return [...this.#open.values()];
  }

  accounts(): Accounts {
    return {
      started: this.#started,
      settled: this.#settled,
      right: this.#right,
      expected: Object.fromEntries(this.#expected),
      wrong: this.#wrong,
      unanswered: this.#unanswered,
      slowest: [...this.#times]
        .toSorted(([, a], [, b]) => b.sum - a.sum)
        .slice(0, 12)
        .map(([what, { count, sum, most }]) => [what, most, sum / count] as const),
      findings: this.#findings,
    };
  }

  #time(what: string, ms: number): void {
    const times = this.#times.get(what) ?? { count: 0, sum: 0, most: 0 };
    times.count += 1;
    times.sum += ms;
    times.most = Math.max(times.most, ms);
    this.#times.set(what, times);
  }

  async #outcomeOf(call: () => Promise<Outcome>): Promise<Outcome> {
    try {
      return await call();
    } catch (error) {
      return { wrong: `nobody expected ${said(error)}` };
    }
  }
}

/** An error in a line. */
export function said(error: unknown): string {
  if (error instanceof RpcError) return `${error.code}: ${error.message.slice(0, 300)}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
