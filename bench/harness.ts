import { join } from "node:path";
import { Child } from "./child.js";
import type { Cell, Competitor, Entry } from "./entry.js";
import type { LoadOrder, LoadSample, ServerSample } from "./messages.js";
import { payloadOf } from "./payload.js";
import { clientName, loadOf, roundsKey } from "./rounds-key.js";
import type { Tool } from "./tool.js";

/** How to run an entry. Times are seconds. */
export interface RunOptions {
  /** Measured window of each round. */
  readonly seconds: number;
  /** Load before the window, in each round; undefined: what the entry says. */
  readonly warmup: number | undefined;
  readonly rounds: number;
  /** Folder of the compiled benchmarks. */
  readonly built: string;
  /** The program that runs them. */
  readonly node: string;
  /** Called before each round, with a line that says what comes next. */
  readonly progress: (line: string) => void;
}

/** Figures of one competitor in one round: rates per second, times in microseconds. */
export interface Figures {
  readonly callsPerSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** CPU time of the server process, user and system, per call. */
  readonly serverCpu: number;
  /** CPU time of the load process, the client under test included, per call. */
  readonly clientCpu: number;
  /** Resident memory of the server process after the window, bytes. */
  readonly rss: number;
}

/** What the rounds of a pair have come to. */
export interface Rounds {
  readonly figures: readonly Figures[];
  /** Why one or more are missing. */
  readonly failed?: string;
}

/** What one round is: who runs, for how long, and where the compiled modules are. */
interface Round extends Pick<RunOptions, "seconds" | "built" | "node"> {
  readonly cell: Cell;
  readonly warmup: number;
}

/** Load before the window in an entry that says nothing, seconds. */
export const WARMUP_SECONDS: number = 3;

const WITNESS_PATIENCE_MS = 20_000;

/** A pair that has failed so often under a load is not tried again. */
const MOST_FAILURES = 2;

/** Who has had no answer within the window is given more time, but not more than this. */
const LONGEST_WINDOW_SECONDS = 30;

/**
 * Runs every different pair of `entry` under every cell, the pairs in turn (A B C A B C …), and gives back the rounds of each.
 * The key of the result is made by `roundsKey`. Both processes are fresh in each round. A pair that fails does not end the others' rounds.
 */
export async function runEntry(entry: Entry, options: RunOptions): Promise<Map<string, Rounds>> {
  const results = new Map<string, Rounds>();
  const warmup = options.warmup ?? entry.warmup ?? WARMUP_SECONDS;
  for (const [cell, pairs] of pairsByCell(entry)) {
    for (let round = 1; round <= options.rounds; round++) {
      for (const [key, pair] of pairs) {
        const before = results.get(key) ?? { figures: [] };
        if (round - 1 - before.figures.length >= MOST_FAILURES) continue;
        options.progress(
          `${loadOf(cell)}, round ${round} of ${options.rounds}: server ${pair.server}, client ${clientName(pair)}`,
        );
        results.set(key, await oneMore(before, () => measure(pair, { ...options, cell, warmup })));
      }
    }
  }
  return results;
}

/** The rounds with one more, or with the reason why there is none. */
async function oneMore(before: Rounds, round: () => Promise<Figures>): Promise<Rounds> {
  try {
    return { ...before, figures: [...before.figures, await round()] };
  } catch (error) {
    return { ...before, failed: error instanceof Error ? error.message : String(error) };
  }
}

/** The pairs of all comparisons under each cell, each once. */
function pairsByCell(entry: Entry): readonly (readonly [Cell, ReadonlyMap<string, Competitor>])[] {
  const found = new Map<string, readonly [Cell, Map<string, Competitor>]>();
  for (const { cells = entry.cells, competitors } of entry.comparisons) {
    for (const cell of cells) {
      const [, pairs] = found.get(loadOf(cell)) ?? [cell, new Map<string, Competitor>()];
      for (const competitor of competitors) pairs.set(roundsKey(cell, competitor), competitor);
      found.set(loadOf(cell), [cell, pairs]);
    }
  }
  return [...found.values()];
}

async function measure(pair: Competitor, round: Round): Promise<Figures> {
  const server = new Child<ServerSample>(join(round.built, "server-process.js"), {
    argument: join(round.built, `${pair.server}.js`),
    what: `server ${pair.server}`,
    core: 0,
    node: round.node,
  });
  try {
    const { address } = await server.next();
    const { client } = pair;
    return typeof client === "string"
      ? await underClient({ server, address, client }, round)
      : await underTool({ server, address, tool: client }, round);
  } finally {
    await server.stop();
  }
}

/** A server that listens. */
interface Started {
  readonly server: Child<ServerSample>;
  readonly address: string;
}

async function underClient({ server, address, client }: Started & { client: string }, round: Round): Promise<Figures> {
  const load = loadChild({ client, address, ...round.cell }, round);
  try {
    await load.next();
    await load.watch(round.warmup * 1000);
    const before = await snapshot(server, load);
    let after = before;
    for (let waited = 0; after.load.calls === before.load.calls && waited < LONGEST_WINDOW_SECONDS;) {
      await load.watch(round.seconds * 1000);
      waited += round.seconds;
      after = await snapshot(server, load);
    }
    const calls = after.load.calls - before.load.calls;
    if (calls === 0) throw new Error(`Client ${client} got no answer in the window.`);
    return {
      callsPerSecond: (calls / (after.load.at - before.load.at)) * 1000,
      p50: after.load.p50,
      p99: after.load.p99,
      serverCpu: (total(after.server.cpu) - total(before.server.cpu)) / calls,
      clientCpu: (total(after.load.cpu) - total(before.load.cpu)) / calls,
      rss: after.server.rss,
    };
  } finally {
    await load.stop(); // before the server, or it would report that its connection was lost
  }
}

async function underTool({ server, address, tool }: Started & { tool: Tool }, round: Round): Promise<Figures> {
  await witnessed(tool, { address, ...round });
  const order = { address, ...round.cell, payload: payloadOf(round.cell.bytes), core: 1 };
  await tool.run({ ...order, seconds: round.warmup });
  for (let { seconds } = round; seconds <= LONGEST_WINDOW_SECONDS; seconds *= 2) {
    const before = await server.ask("cpu");
    const { calls, callsPerSecond, cpu } = await tool.run({ ...order, seconds });
    const after = await server.ask("cpu");
    if (calls === 0) continue; // all in flight are answered together, and not within so short a time
    return {
      callsPerSecond,
      p50: Number.NaN,
      p99: Number.NaN,
      serverCpu: (total(after.cpu) - total(before.cpu)) / calls,
      clientCpu: cpu / calls,
      rss: after.rss,
    };
  }
  throw new Error(`${tool.name} got no answer, however long it waited.`);
}

/** Has a real client see that the server answers; what a tool takes for an answer may be an error. */
async function witnessed(tool: Tool, { address, ...round }: { address: string } & Round): Promise<void> {
  const load = loadChild({ client: tool.witness, address, ...round.cell, connections: 1, inflight: 1 }, round);
  try {
    const deadline = Date.now() + WITNESS_PATIENCE_MS;
    for (let { calls } = await load.next(); calls === 0; { calls } = await load.ask("sample")) {
      if (Date.now() > deadline)
        throw new Error(`Client ${tool.witness} got no answer, so there is nothing to measure.`);
      await load.watch(10);
    }
  } finally {
    await load.stop();
  }
}

/** Starts a load process; the client is a module's name. */
function loadChild(load: Omit<LoadOrder, "payload"> & Pick<Cell, "bytes">, { built, node }: Round): Child<LoadSample> {
  const { client, bytes, ...rest } = load;
  const order: LoadOrder = { ...rest, client: join(built, `${client}.js`), payload: payloadOf(bytes) };
  const argument = JSON.stringify(order);
  return new Child<LoadSample>(join(built, "load-process.js"), { argument, what: `client ${client}`, core: 1, node });
}

async function snapshot(
  server: Child<ServerSample>,
  load: Child<LoadSample>,
): Promise<{ server: ServerSample; load: LoadSample }> {
  const [serverSample, loadSample] = await Promise.all([server.ask("cpu"), load.ask("sample")]);
  return { server: serverSample, load: loadSample };
}

function total({ user, system }: NodeJS.CpuUsage): number {
  return user + system;
}
