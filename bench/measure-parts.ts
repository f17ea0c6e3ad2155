import type { Part } from "./parts/part.js";
import type { Measured } from "./report/measured.js";

/** What to do with parts as they come. */
export interface Measuring {
  /** What was measured before: parts with these ids are not measured again, unless somebody failed or they were measured otherwise. */
  readonly done: readonly Measured[];
  /** Told which comparison of how many comes, and what happens within it. */
  readonly progress: (line: string) => void;
  /** Told of each part when it is measured. */
  readonly measured: (measured: Measured) => void;
}

/** Measures one part after the other, in order; a part that fails is a result that says why, and does not end the others. */
export async function measureParts(
  parts: readonly Part[],
  { done, progress, measured }: Measuring,
): Promise<readonly Measured[]> {
  const all: Measured[] = [];
  let expected = 0;
  let took = 0;
  for (const [index, part] of parts.entries()) {
    const before = done.find((one) => isOf(part, one));
    if (before !== undefined) {
      all.push(before);
      continue;
    }
    const left = parts.slice(index).reduce((sum, { seconds }) => sum + seconds, 0);
    const pace = expected > 0 ? took / expected : 1; // how much longer than expected it takes here
    progress(`[${index + 1} of ${parts.length}] ${part.id}: about ${inWords(left * pace)} left`);
    const one = await measure(part, progress);
    expected += part.seconds;
    took += one.took;
    all.push(one);
    measured(one);
  }
  return all;
}

function isOf(part: Part, one: Measured): boolean {
  return one.id === part.id && one.how === part.how && one.node === part.node.version && !hasFailed(one);
}

/** Says whether it has no figures, or lacks rounds of somebody. */
export function hasFailed({ failed, rows }: Measured): boolean {
  return failed !== undefined || rows.some((row) => row.failed !== undefined);
}

async function measure(part: Part, progress: Measuring["progress"]): Promise<Measured> {
  const { measure: run, node, seconds: _seconds, ...said } = part;
  const began = performance.now();
  const done = (rest: Pick<Measured, "rows" | "leftOut" | "failed">): Measured => ({
    ...said,
    node: node.version,
    date: new Date().toISOString(),
    took: Math.round((performance.now() - began) / 1000),
    ...rest,
  });
  try {
    const { rows, leftOut = [] } = await run((line) => progress(`  ${line}`));
    return done({ rows, leftOut });
  } catch (error) {
    return done({ rows: [], leftOut: [], failed: error instanceof Error ? error.message : String(error) });
  }
}

/** 40 s, 12 min. */
function inWords(seconds: number): string {
  return seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.round(seconds / 60)} min`;
}
