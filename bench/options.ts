import { parseArgs } from "node:util";
import type { Cell, Entry } from "./entry.js";

/** How to call it, for wrong usage. */
export const USAGE: string = `npm run bench -- [ENTRY…] [options]      (default: the whole comparison, which writes docs/benchmarks.md)

  --seconds S       measured window of each round (default 2)
  --warmup S        load before the window, in each round (default: what the entry says, 3 or 5)
  --rounds N        rounds; figures are medians over them (default 3)
  --quick           short: the first load of each comparison, and the whole comparison in less than 3 minutes
  --connections N   with --inflight: one load of your own in place of those of the entry; for idle, how many are idle
  --inflight N      calls under way at any time, over all connections (default 64)
  --only NAME       only this comparison, or only this competitor (may be repeated)
  --node PATH       measure with this node, or with Node 24 of bench/peers: --node 24 (may be repeated)
  --json FILE       also write everything, each round included, as JSON
  --write           put what was measured into docs/benchmarks/results.json and make the documents (default for the whole comparison)
  --resume          go on where an interrupted whole comparison was
  --render          only make the documents from docs/benchmarks/results.json`;

/** Lengths of quick runs, of all and of chosen entries. */
const QUICK = {
  whole: { seconds: 0.5, warmup: 0.5, rounds: 1 },
  chosen: { seconds: 1, warmup: 0.7, rounds: 3 },
} as const;
/** Lengths of others. */
const USUAL = { seconds: 2, warmup: undefined, rounds: 3 } as const;

/** Windows shorter than this many seconds are a rehearsal. */
export const REHEARSAL_SECONDS = 2;
/** Fewer rounds than this are a rehearsal. */
export const REHEARSAL_ROUNDS = 3;

/** What the command line asks for. Times are seconds. */
export interface Options {
  readonly entries: readonly string[];
  /** No entry, comparison, competitor or load was named. */
  readonly whole: boolean;
  /** One load a comparison. */
  readonly brief: boolean;
  readonly seconds: number;
  /** Undefined: what the entry says. */
  readonly warmup: number | undefined;
  readonly rounds: number;
  /** Undefined: what the entry says. */
  readonly connections: number | undefined;
  readonly only: readonly string[];
  /** Paths or major versions. */
  readonly nodes: readonly string[];
  readonly json: string | undefined;
  readonly write: boolean;
  readonly resume: boolean;
  readonly render: boolean;
  /** Applies `--connections`, `--inflight` and `--only` to an entry. */
  readonly narrow: (entry: Entry) => Entry;
}

/** Reads the command line; fails with a sentence that says what is wrong with it. */
export function readOptions(args: readonly string[]): Options {
  const text = { type: "string" } as const;
  const flag = { type: "boolean", default: false } as const;
  const many = { type: "string", multiple: true, default: [] as string[] } as const;
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      seconds: text,
      warmup: text,
      rounds: text,
      connections: text,
      inflight: text,
      json: text,
      only: many,
      node: many,
      quick: flag,
      write: flag,
      resume: flag,
      render: flag,
    },
  });
  const { quick, only: names } = values;
  const all = { whole: true };
  const connections = numberOf("connections", { text: values.connections, fallback: 1, ...all });
  const inflight = numberOf("inflight", { text: values.inflight, fallback: Math.max(64, connections), ...all });
  if (inflight < connections)
    throw new Error(`--inflight ${inflight} leaves connections idle; give at least ${connections}.`);
  const ownCell = values.connections !== undefined || values.inflight !== undefined;
  const whole = positionals.length === 0 && names.length === 0 && !ownCell;
  const usual = quick ? QUICK[whole ? "whole" : "chosen"] : USUAL;
  if (values.resume && !whole) throw new Error("--resume goes on with the whole comparison; name no entry beside it.");
  return {
    entries: positionals,
    whole,
    brief: quick,
    seconds: numberOf("seconds", { text: values.seconds, fallback: usual.seconds }),
    warmup:
      values.warmup === undefined
        ? usual.warmup
        : numberOf("warmup", { text: values.warmup, fallback: QUICK.chosen.warmup }),
    rounds: numberOf("rounds", { text: values.rounds, fallback: usual.rounds, ...all }),
    connections: values.connections === undefined ? undefined : connections,
    only: names,
    nodes: values.node,
    json: values.json,
    write: values.write || (whole && !quick),
    resume: values.resume,
    render: values.render,
    narrow: (entry) => only(ownCell ? withCell(entry, { connections, inflight }) : entry, names),
  };
}

/** One load in place of all; the payloads stay. */
function withCell(entry: Entry, { connections, inflight }: Cell): Entry {
  const payloads = (cells: readonly Cell[]): readonly Cell[] => {
    const each = new Map(cells.map(({ bytes }) => [bytes, { connections, inflight, ...(bytes && { bytes }) }]));
    return [...each.values()];
  };
  const comparisons = entry.comparisons.map((one) => (one.cells ? { ...one, cells: payloads(one.cells) } : one));
  return { ...entry, cells: payloads(entry.cells), comparisons };
}

function only(entry: Entry, names: readonly string[]): Entry {
  const isComparison = (name: string): boolean => entry.comparisons.some((comparison) => comparison.name === name);
  const wanted = names.filter(isComparison);
  const competing = names.filter((name) => !isComparison(name));
  const comparisons = entry.comparisons
    .filter(({ name }) => wanted.length === 0 || wanted.includes(name))
    .map((comparison) => ({
      ...comparison,
      competitors: comparison.competitors.filter(({ name }) => competing.length === 0 || competing.includes(name)),
    }))
    .filter(({ competitors }) => competitors.length > 0);
  if (comparisons.length > 0) return { ...entry, comparisons };
  const known = entry.comparisons.flatMap(({ name, competitors }) => [name, ...competitors.map((one) => one.name)]);
  throw new Error(
    `--only "${names.join(", ")}" leaves nothing of ${entry.name}; it has ${[...new Set(known)].join(", ")}.`,
  );
}

function numberOf(name: string, options: { text: string | undefined; fallback: number; whole?: boolean }): number {
  if (options.text === undefined) return options.fallback;
  const value = Number(options.text);
  if (!(value > 0) || !Number.isFinite(value) || (options.whole === true && !Number.isInteger(value))) {
    throw new Error(`--${name} "${options.text}" is not a ${options.whole === true ? "whole " : ""}number above 0.`);
  }
  return value;
}
