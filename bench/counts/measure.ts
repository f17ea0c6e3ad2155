import type { Interceptor } from "../../src/call/handler.js";
import type { Case } from "./cases.js";
import type { Counts } from "./counts.js";
import { echoOf } from "./echoes.js";
import { HeapWatch } from "./heap-watch.js";
import { joined } from "./joined.js";
import { type Load, loadOf } from "./load.js";
import { type End, Lockstep, type Watch } from "./lockstep.js";
import { countMaking } from "./made-things.js";

/** How much is done. All counts are of calls or messages. */
export interface Effort {
  /** Before anything is counted, so that all code that runs often has been compiled. */
  readonly warmup: number;
  /** Allocated bytes are counted over windows of so many. Without windows nothing is known of them: NaN. */
  readonly window: number;
  readonly windows: number;
  /** For everything else. */
  readonly makings: number;
}

/** What a count is made with beside the case: for tests that plant something. */
export interface Planted {
  readonly interceptors?: readonly Interceptor[];
}

/** Counts a case in this process, which is nobody else's. Rejects where a call fails, and where memory was collected while it was measured. */
export async function measure(one: Case, effort: Effort, planted: Planted = {}): Promise<Counts> {
  const lockstep = new Lockstep();
  const { implementation, contract, message } = echoOf(one);
  const { url, connections, end, inflight } = one;
  const client = await joined(lockstep, {
    url,
    connections,
    implementation,
    contract,
    interceptors: planted.interceptors ?? [],
    // A process that has no server does not have what keeps the current call either, and its promises are cheaper.
    server: end === "client" ? { propagate: false } : {},
  });
  const load = loadOf(client, one.load, message);
  const run = async (count: number, watch?: Watch): Promise<void> => {
    const target = load.done + count;
    await until(lockstep, load, { done: () => load.done >= target, watch });
  };
  load.start(inflight);
  await run(effort.warmup);
  load.stopped = true;
  await until(lockstep, load, { done: () => load.open === 0 });
  const watch = await HeapWatch.of(lockstep, end);
  load.stopped = false;
  load.start(inflight);
  await run(effort.window);
  const memory = [];
  for (let i = 0; i < effort.windows; i += 1) {
    watch.reset();
    const first = load.done;
    await run(effort.window, watch);
    if (watch.collected)
      throw new Error("Memory was collected while it was measured: give the process a larger young generation.");
    const { young, old, buffers } = watch;
    memory.push({ young, old, buffers, units: load.done - first });
  }
  const before = traffic(lockstep, end);
  const counter = countMaking();
  const first = load.done;
  const mine = (turn: End, on: boolean): void => {
    if (turn === end) counter.on = on;
  };
  await run(effort.makings, { began: (turn) => mine(turn, true), ended: (turn) => mine(turn, false) });
  counter.end();
  const { arrays, promises, timers } = counter.made;
  const { read, written, writes } = traffic(lockstep, end);
  const units = load.done - first;
  return {
    heap: median(memory.map((window) => window.young / window.units)),
    old: mean(memory.map((window) => window.old / window.units)),
    buffers: mean(memory.map((window) => window.buffers / window.units)),
    arrays: arrays / units,
    promises: promises / units,
    timers: timers / units,
    read: (read - before.read) / units,
    written: (written - before.written) / units,
    writes: (writes - before.writes) / units,
  };
}

async function until(
  lockstep: Lockstep,
  load: Load,
  { done, watch }: { readonly done: () => boolean; readonly watch?: Watch | undefined },
): Promise<void> {
  await lockstep.run(() => load.failure !== undefined || done(), watch);
  if (load.failure !== undefined) throw load.failure;
}

function traffic({ taps }: Lockstep, end: End): Pick<Counts, "read" | "written" | "writes"> {
  const sum = (which: End, key: "bytesOut" | "writes"): number =>
    taps[which].reduce((total, tap) => total + tap[key], 0);
  return {
    read: sum(end === "server" ? "client" : "server", "bytesOut"),
    written: sum(end, "bytesOut"),
    writes: sum(end, "writes"),
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
