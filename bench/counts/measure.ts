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
  /** The counts of allocated bytes are medians over windows of so many. */
  readonly window: number;
  readonly windows: number;
  /** For what is made: promises, timers, arrays. */
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
  const heap = await HeapWatch.of(lockstep, end);
  load.stopped = false;
  load.start(inflight);
  await run(effort.window);
  const windows: Pick<Counts, "heap" | "buffers">[] = [];
  const before = traffic(lockstep, end);
  const began = load.done;
  while (windows.length < effort.windows) {
    heap.reset();
    const first = load.done;
    await run(effort.window, heap);
    if (heap.collected)
      throw new Error(
        "Memory was collected while it was measured: give the process a larger young generation, or less to do.",
      );
    const units = load.done - first;
    windows.push({ heap: heap.heap / units, buffers: heap.buffers / units });
  }
  const after = traffic(lockstep, end);
  const units = load.done - began;
  const made = await makings({ end, count: effort.makings, run, load });
  return {
    heap: median(windows.map((window) => window.heap)),
    buffers: median(windows.map((window) => window.buffers)),
    ...made,
    read: (after.read - before.read) / units,
    written: (after.written - before.written) / units,
    writes: (after.writes - before.writes) / units,
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

async function makings({
  end,
  count,
  run,
  load,
}: {
  readonly end: End;
  readonly count: number;
  readonly run: (count: number, watch: Watch) => Promise<void>;
  readonly load: Load;
}): Promise<Pick<Counts, "arrays" | "promises" | "timers">> {
  const counter = countMaking();
  const mine = (turn: End, then: () => void): void => {
    if (turn === end) then();
  };
  const first = load.done;
  await run(count, { began: (turn) => mine(turn, counter.on), ended: (turn) => mine(turn, counter.off) });
  const units = load.done - first;
  counter.end();
  const { arrays, promises, timers } = counter.made;
  return { arrays: arrays / units, promises: promises / units, timers: timers / units };
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

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
