/** What load a model is for. */
export interface Traits {
  readonly workers: number;
  readonly steady: number;
  readonly flaky: number;
  readonly hostile: number;
  /** It serves few connections at once, and one call at a time on each: clients live for a few calls only, one after the other, and the server does not call itself. */
  readonly brief: boolean;
  /** Its workers are as many as were needed lately, so what it has open at the end is no measure. */
  readonly elastic: boolean;
}

const MANY: Traits = { workers: 2, steady: 14, flaky: 5, hostile: 5, brief: false, elastic: false };
const FEW: Traits = { workers: 24, steady: 4, flaky: 1, hostile: 1, brief: true, elastic: false };

/** The models that can be soaked. */
export const MODELS: Readonly<Record<string, Traits>> = {
  async: MANY,
  "prefork-async": MANY,
  pool: MANY,
  threads: { ...FEW, elastic: true },
  processes: { ...FEW, workers: 12, elastic: true },
  prefork: { ...FEW, workers: 12 },
};
