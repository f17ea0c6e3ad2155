import { join } from "node:path";
import { Child } from "./child.js";
import type { Cell, Competitor, Entry } from "./entry.js";
import type { LoadOrder, LoadSample, ServerSample } from "./messages.js";

/** How to run an entry. Times are seconds. */
export interface RunOptions {
  /** Measured window of each round. */
  readonly seconds: number;
  /** Load before the window, in each round. */
  readonly warmup: number;
  readonly rounds: number;
  /** Folder of the compiled benchmarks. */
  readonly built: string;
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
}

/**
 * Runs every different pair of `entry` under every cell, the pairs in turn (A B C A B C …), and gives back the rounds of each.
 * The key of the result is made by `roundsKey`. Both processes are fresh in each round.
 */
export async function runEntry(entry: Entry, options: RunOptions): Promise<Map<string, Figures[]>> {
  const results = new Map<string, Figures[]>();
  for (const cell of entry.cells) {
    const pairs = new Map<string, Competitor>();
    for (const { competitors } of entry.comparisons) {
      for (const competitor of competitors) pairs.set(roundsKey(cell, competitor), competitor);
    }
    for (let round = 1; round <= options.rounds; round++) {
      for (const [key, pair] of pairs) {
        const load = `${cell.connections} × ${cell.inflight}`;
        options.progress(`${load}, round ${round} of ${options.rounds}: server ${pair.server}, client ${pair.client}`);
        const rounds = results.get(key) ?? [];
        rounds.push(await measure(pair, { ...options, cell }));
        results.set(key, rounds);
      }
    }
  }
  return results;
}

/** Names a pair under a cell; pairs with the same modules have the same key, whatever they are called. */
export function roundsKey(cell: Cell, { server, client }: Competitor): string {
  return [cell.connections, cell.inflight, server, client].join(" ");
}

async function measure(pair: Competitor, options: RunOptions & { cell: Cell }): Promise<Figures> {
  const module = (name: string): string => join(options.built, `${name}.js`);
  const server = new Child<ServerSample>(module("server-process"), {
    argument: module(pair.server),
    what: `server ${pair.server}`,
    core: 0,
  });
  let load: Child<LoadSample> | undefined;
  try {
    const { address } = await server.next();
    const order: LoadOrder = { client: module(pair.client), address, ...options.cell };
    load = new Child<LoadSample>(module("load-process"), {
      argument: JSON.stringify(order),
      what: `client ${pair.client}`,
      core: 1,
    });
    await load.next();
    await load.watch(options.warmup * 1000);
    const before = await snapshot(server, load);
    await load.watch(options.seconds * 1000);
    const after = await snapshot(server, load);
    const calls = after.load.calls - before.load.calls;
    if (calls === 0) throw new Error(`Client ${pair.client} got no answer of server ${pair.server} in the window.`);
    return {
      callsPerSecond: (calls / (after.load.at - before.load.at)) * 1000,
      p50: after.load.p50,
      p99: after.load.p99,
      serverCpu: (total(after.server.cpu) - total(before.server.cpu)) / calls,
      clientCpu: (total(after.load.cpu) - total(before.load.cpu)) / calls,
    };
  } finally {
    await load?.stop(); // first, or it would report that its connection was lost
    await server.stop();
  }
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
