/** What came of a part of the run: how many things were as they should be, and a sentence or more for each that was not. */
export interface Outcome {
  readonly passed: number;
  readonly failures: readonly string[];
}

/** Things looked at one after the other, counted. */
export class Tally implements Outcome {
  passed: number = 0;
  readonly failures: string[] = [];

  /** Counts one thing; `wrong` says what is wrong with it, undefined where nothing is. */
  add(wrong: string | undefined): void {
    if (wrong === undefined) this.passed += 1;
    else this.failures.push(wrong);
  }

  /** Counts all that another has counted. */
  join(other: Outcome): void {
    this.passed += other.passed;
    this.failures.push(...other.failures);
  }
}
