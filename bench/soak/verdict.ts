/** What a quiet moment between two rounds showed. Bytes. */
export interface Quiet {
  readonly rss: number;
  readonly heap: number;
}

/** Growth that is no leak: a share of what there is, and so many bytes. */
interface Allowance {
  readonly share: number;
  readonly bytes: number;
}

const HEAP: Allowance = { share: 0.1, bytes: 3 * 2 ** 20 };
const RSS: Allowance = { share: 0.25, bytes: 32 * 2 ** 20 };
/** The first part of a run fills caches and pools, and compiles code. */
const WARM_UP = 1 / 4;
/** The median of fewer rounds is noise, too. */
const FEW = 3;

/** What is wrong with how a process grew, in sentences; nothing if it is flat. */
export function growth(process: string, quiets: readonly Quiet[]): readonly string[] {
  const warm = quiets.slice(Math.floor(quiets.length * WARM_UP));
  if (warm.length < 3) return [];
  const found: string[] = [];
  const heap = warm.map((quiet) => quiet.heap);
  const risen = slopeOf(heap) * (heap.length - 1);
  if (risen > allowed(HEAP, medianOf(heap)))
    found.push(
      `The heap of the ${process} grows: by ${megabytes(risen)} over ${heap.length} rounds (${heap.map(megabytes).join(", ")}).`,
    );
  const rss = warm.map((quiet) => quiet.rss);
  const [first, last] = fromTo(rss);
  if (last - first > allowed(RSS, first))
    found.push(
      `The ${process} grows: from ${megabytes(first)} resident to ${megabytes(last)} (${rss.map(megabytes).join(", ")}).`,
    );
  return found;
}

/** Where resident memory came from and went to: single rounds are noise, since the allocator gives back what it likes when it likes. */
function fromTo(values: readonly number[]): readonly [first: number, last: number] {
  const third = Math.floor(values.length / 3);
  if (third >= FEW) return [medianOf(values.slice(0, third)), medianOf(values.slice(-third))];
  // Of few rounds, only what stays above all that was before has grown.
  const half = values.length >> 1;
  return [Math.max(...values.slice(0, half)), Math.min(...values.slice(-half))];
}

/** The median of the slopes between any two: what single outliers do not move (Theil and Sen). Per step. */
export function slopeOf(values: readonly number[]): number {
  return medianOf(values.flatMap((a, i) => values.slice(i + 1).map((b, j) => (b - a) / (j + 1))));
}

/** What of one count is more than it was, as sentences. */
export function left(
  process: string,
  before: Readonly<Record<string, number>>,
  after: Readonly<Record<string, number>>,
): readonly string[] {
  return Object.entries(after)
    .filter(([kind, count]) => count > (before[kind] ?? 0))
    .map(([kind, count]) => `The ${process} has ${count} ${kind} left, and had ${before[kind] ?? 0} at the beginning.`);
}

/** Bytes, for people. */
export function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MB`;
}

function allowed({ share, bytes }: Allowance, of: number): number {
  return Math.max(bytes, share * of);
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}
