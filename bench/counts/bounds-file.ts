import { COUNT_NAMES, type Counts } from "./counts.js";
import type { Bounds } from "./judge.js";

/** What the file of bounds holds. */
export interface BoundsFile {
  /** The major version of node that the bounds are for: others make other promises, and objects of other sizes. */
  readonly node: number;
  readonly bounds: Bounds;
}

/** Reads the text of a file of bounds: for each case a list of numbers, in the order that `counts` names. Throws an Error for what is none. */
export function readBounds(text: string): BoundsFile {
  // What writeBounds() writes.
  const file = JSON.parse(text) as { node: number; counts: string[]; bounds: Record<string, number[]> };
  const bounds = Object.fromEntries(
    Object.entries(file.bounds).map(([name, figures]) => [
      name,
      Object.fromEntries(
        COUNT_NAMES.flatMap((count): [string, number][] => {
          const figure = figures[file.counts.indexOf(count)];
          return figure === undefined ? [] : [[count, figure]];
        }),
      ),
    ]),
  );
  return { node: file.node, bounds };
}

/** The text of a file of bounds: a line a case, so that changes are easy to read. */
export function writeBounds({ node, bounds }: BoundsFile): string {
  const line = (counts: Partial<Counts>): string => COUNT_NAMES.map((count) => counts[count]).join(", ");
  const lines = Object.entries(bounds).map(([name, counts]) => `    ${JSON.stringify(name)}: [${line(counts)}]`);
  const counts = COUNT_NAMES.map((count) => JSON.stringify(count)).join(", ");
  return `{\n  "node": ${node},\n  "counts": [${counts}],\n  "bounds": {\n${lines.join(",\n")}\n  }\n}\n`;
}
