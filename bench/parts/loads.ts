import type { Comparison, Entry } from "../entry.js";
import { type Figures, type Rounds, runEntry, WARMUP_SECONDS } from "../harness.js";
import { prepared } from "../prepared.js";
import type { Sampled } from "../report/measured.js";
import { loadOf, roundsKey } from "../rounds-key.js";
import { counted, type Part, partId, type Settings } from "./part.js";

/** What a round takes besides its warm-up and its window: two processes that start, and a witness. Seconds. */
const OVERHEAD_SECONDS = 0.8;

const CALLS = { name: "call", perCall: 1 };
const JUDGED = { server: "serverCpu", client: "clientCpu", both: "bothCpu" } as const;

/** Makes a part of each comparison of an entry. */
export function loadParts(entry: Entry, settings: Settings): readonly Part[] {
  return entry.comparisons.map((comparison) => {
    const { cells = entry.cells } = comparison;
    const chosen = settings.brief ? cells.slice(0, 1) : cells;
    return loadPart({ entry, comparison: { ...comparison, cells: chosen } }, settings);
  });
}

/** A comparison with its own loads, and its entry. */
interface Alone {
  readonly entry: Entry;
  readonly comparison: Comparison & Required<Pick<Comparison, "cells">>;
}

function loadPart({ entry, comparison }: Alone, settings: Settings): Part {
  const { name, title, about } = entry;
  const { cells, competitors } = comparison;
  const { seconds, rounds, node, rehearsal } = settings;
  const warmup = settings.warmup ?? entry.warmup ?? WARMUP_SECONDS;
  const group = { name, title, about };
  return {
    id: partId(group, comparison.name, node),
    group,
    title: comparison.name,
    about: comparison.about,
    command: `npm run bench -- ${name} --only ${quoted(comparison.name)}`,
    how: `${counted(rounds, "round")} of ${seconds} s after ${warmup} s of warm-up`,
    node,
    rehearsal,
    unit: (comparison.unit ?? CALLS).name,
    judged: JUDGED[comparison.judged],
    base: baseOf(comparison),
    charted: cells.slice(0, 1).map(loadOf),
    seconds: cells.length * competitors.length * rounds * (warmup + seconds + OVERHEAD_SECONDS),
    measure: async (progress) => {
      const leftOut: string[] = [];
      const can = prepared({ ...entry, comparisons: [comparison] }, (line) => leftOut.push(line));
      const results = await runEntry(can, { ...settings, node: node.path, progress });
      return { rows: can.comparisons.flatMap((one) => sampledRows(one, results)), leftOut };
    },
  };
}

/** Makes rows of what the rounds of a comparison with its own loads have come to; figures are per unit. */
export function sampledRows(comparison: Comparison, results: ReadonlyMap<string, Rounds>): readonly Sampled[] {
  const { cells = [], competitors, unit = CALLS, judged } = comparison;
  return cells.flatMap((cell) =>
    competitors.map((competitor) => {
      const { figures, failed } = results.get(roundsKey(cell, competitor)) ?? { figures: [] };
      const of = (value: (round: Figures) => number): readonly (number | null)[] =>
        figures.map(value).map((number) => (Number.isNaN(number) ? null : number)); // JSON has no NaN
      const samples = {
        rate: of((round) => round.callsPerSecond * unit.perCall),
        p50: of((round) => round.p50),
        p99: of((round) => round.p99),
        serverCpu: of((round) => round.serverCpu / unit.perCall),
        clientCpu: of((round) => round.clientCpu / unit.perCall),
        ...(judged === "both" && { bothCpu: of((round) => (round.serverCpu + round.clientCpu) / unit.perCall) }),
        rss: of((round) => round.rss),
      };
      return { competitor: competitor.name, load: loadOf(cell), samples, ...(failed !== undefined && { failed }) };
    }),
  );
}

function baseOf({ competitors }: Comparison): string {
  const names = competitors.map(({ name }) => name);
  return names.includes("callwire") ? "callwire" : (names[0] ?? "callwire");
}

/** A word of a shell. */
function quoted(text: string): string {
  return /^[\w-]+$/u.test(text) ? text : `"${text}"`;
}
