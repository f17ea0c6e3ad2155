import { expect, test } from "vitest";
import { Ledger } from "../../bench/soak/ledger.js";
import { bytes, texts } from "../../bench/soak/material.js";
import { random, someSize } from "../../bench/soak/random.js";
import { growth, left, type Quiet, slopeOf } from "../../bench/soak/verdict.js";

const MB = 2 ** 20;

/** A run of 24 rounds: what is said of each round. */
function run(of: (round: number) => { rss?: number; heap?: number }): Quiet[] {
  return Array.from({ length: 24 }, (_, round) => ({ rss: 150 * MB, heap: 40 * MB, ...of(round) }));
}

test("A process that stays as it is has nothing wrong with it, whatever single rounds show.", () => {
  const noise = random(1);
  expect(
    growth(
      "server",
      run(() => ({ heap: 40 * MB + noise(MB), rss: 150 * MB + noise(20 * MB) })),
    ),
  ).toEqual([]);
  expect(
    growth(
      "server",
      run((round) => ({ heap: (round === 20 ? 90 : 40) * MB })),
    ),
  ).toEqual([]);
});

test("What a process takes while it warms up is no leak.", () => {
  expect(
    growth(
      "server",
      run((round) => ({ heap: (round < 6 ? 10 + 5 * round : 40) * MB })),
    ),
  ).toEqual([]);
});

test("A heap that grows by a third of a megabyte a round is found, among noise.", () => {
  const noise = random(2);
  const found = growth(
    "server",
    run((round) => ({ heap: 40 * MB + (round * MB) / 3 + noise(MB) })),
  );
  expect(found).toEqual([expect.stringContaining("The heap of the server grows")]);
});

test("Resident memory that grows outside of the heap is found.", () => {
  const found = growth(
    "load",
    run((round) => ({ rss: (150 + round * 4) * MB })),
  );
  expect(found).toEqual([expect.stringContaining("The load grows")]);
});

test.each([
  ["of which some are lower", [170, 136, 181, 182, 153, 187], 0],
  ["each above those before", [150, 150, 155, 190, 200, 210], 1],
])(
  "Of a run of few rounds, %s, only resident memory that stays above what it was is found.",
  (_what, rounds, found) => {
    const quiets = rounds.map((rss) => ({ rss: rss * MB, heap: 40 * MB }));
    expect(growth("server", quiets)).toHaveLength(found);
  },
);

test("The slope is the median of all slopes, which one outlier does not move.", () => {
  expect(slopeOf([1, 2, 3, 4, 5])).toBe(1);
  expect(slopeOf([1, 2, 300, 4, 5])).toBe(1);
  expect(slopeOf([7])).toBe(0);
});

test("What is more than at the beginning is left over, what is less is not.", () => {
  expect(left("load", { Timeout: 1, Pipe: 2 }, { Timeout: 1, Pipe: 1, TCPSocketWrap: 2 })).toEqual([
    "The load has 2 TCPSocketWrap left, and had 0 at the beginning.",
  ]);
});

test("Every call is accounted for: right, expected, wrong, and thrown.", async () => {
  const ledger = new Ledger(0);
  await ledger.run("a", 1000, () => Promise.resolve("right"));
  await ledger.run("b", 1000, () => Promise.resolve({ expected: "canceled" }));
  await ledger.run("c", 1000, () => Promise.resolve({ wrong: "something else came" }));
  await ledger.run("d", 1000, () => Promise.reject(new Error("boom")));
  const { findings, ...counts } = ledger.accounts();
  expect(counts).toMatchObject({
    started: 4,
    settled: 4,
    right: 1,
    expected: { canceled: 1 },
    wrong: 2,
    unanswered: 0,
  });
  expect(findings).toEqual(["c: something else came", expect.stringContaining("d: nobody expected Error: boom")]);
});

test("A call that does not settle in its time is unanswered.", async () => {
  const ledger = new Ledger(0);
  await ledger.run("never", 1, () => new Promise(() => {}));
  expect(ledger.accounts()).toMatchObject({ started: 1, settled: 0, unanswered: 1 });
});

test("The content of a message is known by its recipe, and no other is the same.", () => {
  for (const size of [0, 1, 7, 8, 200, 70_000]) {
    for (const plain of [true, false]) {
      const recipe = { seed: 5, size, plain };
      expect(bytes.same(bytes.make(recipe), bytes.make(recipe))).toBe(true);
      expect(texts.same(texts.make(recipe), texts.make(recipe))).toBe(true);
      if (size < 8) continue;
      expect(bytes.same(bytes.make(recipe), bytes.make({ ...recipe, seed: 6 }))).toBe(false);
      expect(texts.same(texts.make(recipe), texts.make({ ...recipe, seed: 6 }))).toBe(false);
    }
  }
});

test("Sizes go from nothing to 2 MB, and the same seed gives the same ones.", () => {
  const sizes = (seed: number): number[] => {
    const pick = random(seed);
    return Array.from({ length: 2000 }, () => someSize(pick));
  };
  const [some, again] = [sizes(9), sizes(9)];
  expect(again).toEqual(some);
  expect(Math.min(...some)).toBe(0);
  expect(Math.max(...some)).toBeGreaterThan(1_000_000);
  expect(Math.max(...some)).toBeLessThan(2_000_001);
});
