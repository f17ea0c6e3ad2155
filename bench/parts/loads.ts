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

/** Makes a part of each comparison of an entry, with what can run here. */
export function loadParts(entry: Entry, settings: Settings): readonly Part[] {
  return entry.comparisons.map((comparison) => {
    const { cells = entry.cells } = comparison;
    const chosen = settings.brief ? cells.slice(0, 1) : cells;
    const leftOut: string[] = [];
    const alone = { ...entry, comparisons: [{ ...comparison, cells: chosen }] };
    const can = prepared(alone, (line) => leftOut.push(line));
    return loadPart({ entry: can, comparison, leftOut }, settings);
  });
}

/** An entry of one comparison, or of none where nothing of it can run here. */
interface Alone {
  readonly entry: Entry;
  readonly comparison: Comparison;
  readonly leftOut: readonly string[];
}

function loadPart({ entry, comparison, leftOut }: Alone, settings: Settings): Part {
  const { name, title, about, comparisons } = entry;
  const { seconds, rounds, node, rehearsal } = settings;
  const warmup = settings.warmup ?? entry.warmup ?? WARMUP_SECONDS;
  const group = { name, title, about };
  const [can] = comparisons;
  const { cells = [], competitors = [] } = can ?? {};
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
    leftOut,
    seconds: cells.length * competitors.length * rounds * (warmup + seconds + OVERHEAD_SECONDS),
    measure: async (progress) =>
      can === undefined ? [] : sampledRows(can, await runEntry(entry, { ...settings, node: node.path, progress })),
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
