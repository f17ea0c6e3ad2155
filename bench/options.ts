import { parseArgs } from "node:util";
import type { Cell, Entry } from "./entry.js";

/** How to call it, for wrong usage. */
export const USAGE: string = `npm run bench -- [ENTRY…] [options]      (default: every entry)

  --seconds S       measured window of each round (default 3)
  --warmup S        load before the window, in each round (default: what the entry says, 3 or 5)
  --rounds N        rounds; figures are medians over them (default 3)
  --quick           short: --seconds 1 --warmup 0.7
  --connections N   with --inflight: one load of your own in place of those of the entry
  --inflight N      calls under way at any time, over all connections (default 64)
  --only NAME       only this comparison, or only this competitor (may be repeated)
  --json FILE       also write everything, each round included, as JSON`;

/** Warm-up of a quick run, seconds. */
const QUICK_WARMUP = 0.7;

/** What the command line asks for. Times are seconds. */
export interface Options {
  readonly entries: readonly string[];
  readonly seconds: number;
  /** Undefined: what the entry says. */
  readonly warmup: number | undefined;
  readonly rounds: number;
  readonly json: string | undefined;
  /** Applies `--connections`, `--inflight` and `--only` to an entry. */
  readonly narrow: (entry: Entry) => Entry;
}

/** Reads the command line; fails with a sentence that says what is wrong with it. */
export function readOptions(args: readonly string[]): Options {
  const text = { type: "string" } as const;
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
      only: { type: "string", multiple: true },
      quick: { type: "boolean" },
    },
  });
  const quick = values.quick === true;
  const whole = { whole: true };
  const connections = numberOf("connections", { text: values.connections, fallback: 1, ...whole });
  const inflight = numberOf("inflight", { text: values.inflight, fallback: Math.max(64, connections), ...whole });
  if (inflight < connections)
    throw new Error(`--inflight ${inflight} leaves connections idle; give at least ${connections}.`);
  const ownCell = values.connections !== undefined || values.inflight !== undefined;
  return {
    entries: positionals,
    seconds: numberOf("seconds", { text: values.seconds, fallback: quick ? 1 : 3 }),
    warmup:
      values.warmup === undefined && !quick
        ? undefined
        : numberOf("warmup", { text: values.warmup, fallback: QUICK_WARMUP }),
    rounds: numberOf("rounds", { text: values.rounds, fallback: 3, ...whole }),
    json: values.json,
    narrow: (entry) => only(ownCell ? withCell(entry, { connections, inflight }) : entry, values.only ?? []),
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
