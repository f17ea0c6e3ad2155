import { COUNT_KINDS, COUNT_NAMES, type Counts, shown } from "./counts.js";

/** What each case may count at the most, by its name. A count without a bound may be anything. */
export type Bounds = Readonly<Record<string, Partial<Counts>>>;

/** What the counts come to beside their bounds, as sentences. */
export interface Judgement {
  /** Counts above their bounds, and cases without. */
  readonly breaches: readonly string[];
  /** Bounds that are far above what is counted, so that a gain could be lost again unseen. */
  readonly loose: readonly string[];
}

/** A bound that could be less by such a part, and by more than chance, is loose. */
const LOOSE = 0.1;

/** Compares what was counted with the bounds. */
export function judge(counted: ReadonlyMap<string, Counts>, bounds: Bounds): Judgement {
  const breaches: string[] = [];
  const loose: string[] = [];
  for (const [name, counts] of counted) {
    const bound = bounds[name];
    if (bound === undefined) {
      breaches.push(`${name} has no bounds: record them with "npm run bench:check -- --write".`);
      continue;
    }
    for (const count of COUNT_NAMES) {
      const most = bound[count];
      if (most === undefined) continue;
      const figure = counts[count];
      const { noun, more } = COUNT_KINDS[count];
      const said = `${shown(count, figure)} ${noun} ${unitOf(name)}, and the bound is ${shown(count, most)}.`;
      if (figure > most) breaches.push(`${name}: ${said}`);
      else if (most - boundFor(count, figure, name) > Math.max(most * LOOSE, more)) loose.push(`${name}: ${said}`);
    }
  }
  return { breaches, loose };
}

/** The bounds of what was counted in a case, with room for chance. */
export function boundsFor(counts: Counts, name: string): Partial<Counts> {
  return Object.fromEntries(COUNT_NAMES.map((count) => [count, boundFor(count, counts[count], name)]));
}

function boundFor(count: keyof Counts, figure: number, name: string): number {
  const { factor, streamFactor = factor, more, digits } = COUNT_KINDS[count];
  const scale = 10 ** digits;
  return Math.ceil((figure * (isStream(name) ? streamFactor : factor) + more) * scale) / scale;
}

function isStream(name: string): boolean {
  return name.includes(", stream");
}

function unitOf(name: string): string {
  return isStream(name) ? "a message" : "a call";
}
