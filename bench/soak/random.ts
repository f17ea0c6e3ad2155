/** Whole numbers from 0, below the one given. */
export type Pick = (below: number) => number;

/** A small generator of numbers that the seed decides (mulberry32). */
export function random(seed: number): Pick {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
}

/** One of a list that is not empty. */
export function oneOf<T>(list: readonly T[], pick: Pick): T {
  const chosen = list[pick(list.length)];
  if (chosen === undefined) throw new Error("There is nothing to choose of.");
  return chosen;
}

/** How large messages are: of a hundred, so many have less than so many bytes. The last ones have up to 2 MB. */
const SIZES: readonly (readonly [share: number, below: number])[] = [
  [4, 1],
  [56, 200],
  [25, 8_000],
  [11, 70_000],
  [3, 500_000],
  [1, 2_000_000],
];

/** A size of a message: most are small. `most` is the largest that will do. */
export function someSize(pick: Pick, most = 2_000_000): number {
  let place = pick(100);
  for (const [share, below] of SIZES) {
    if (place < share) return pick(Math.min(below, most));
    place -= share;
  }
  return 0;
}
