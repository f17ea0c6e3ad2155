/** What the rounds of one competitor have come to. */
export interface Turned<One, Figures> {
  readonly of: One;
  readonly figures: readonly Figures[];
  /** Why rounds are missing: the last failure. */
  readonly failed: string | undefined;
}

/**
 * Measures one round of each, then the next round of each: what disturbs the machine disturbs all of them. One that fails does not end
 * the others' rounds, and is not tried again.
 */
export async function roundsInTurn<One, Figures>(
  all: readonly One[],
  { rounds, measure }: { rounds: number; measure: (one: One, round: number) => Promise<Figures> },
): Promise<readonly Turned<One, Figures>[]> {
  const turned = all.map((one) => ({ of: one, figures: [] as Figures[], failed: undefined as string | undefined }));
  for (let round = 1; round <= rounds; round += 1) {
    for (const one of turned) {
      if (one.failed !== undefined) continue;
      try {
        one.figures.push(await measure(one.of, round));
      } catch (error) {
        one.failed = error instanceof Error ? error.message : String(error);
      }
    }
  }
  return turned;
}
