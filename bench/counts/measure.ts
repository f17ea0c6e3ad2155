import type { Case } from "./cases.js";
import type { Counts } from "./counts.js";
import { HeapWatch } from "./heap-watch.js";
import type { End, Lockstep } from "./lockstep.js";
import { countMaking } from "./made-things.js";
import { type Planted, Rig } from "./rig.js";

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

/** Counts a case in this process, which is nobody else's. Rejects where a call fails, and where memory was collected while it was measured. */
export async function measure(one: Case, effort: Effort, planted: Planted = {}): Promise<Counts> {
  const rig = await Rig.of(one, planted);
  await rig.run(effort.warmup);
  const memory = await allocated(rig, one.end, effort);
  return { ...memory, ...(await others(rig, one.end, effort.makings)) };
}

async function allocated(
  rig: Rig,
  end: End,
  { window, windows }: Effort,
): Promise<Pick<Counts, "heap" | "old" | "buffers">> {
  await rig.rest();
  const watch = await HeapWatch.of(rig.lockstep, end);
  await rig.run(window);
  const each: Pick<Counts, "heap" | "old" | "buffers">[] = [];
  while (each.length < windows) {
    watch.reset();
    const units = await rig.run(window, watch);
    if (watch.collected)
      throw new Error("Memory was collected while it was measured: give the process a larger young generation.");
    each.push({ heap: watch.young / units, old: watch.old / units, buffers: watch.buffers / units });
  }
  return {
    heap: median(each.map(({ heap }) => heap)),
    old: mean(each.map(({ old }) => old)),
    buffers: mean(each.map(({ buffers }) => buffers)),
  };
}

async function others(rig: Rig, end: End, count: number): Promise<Omit<Counts, "heap" | "old" | "buffers">> {
  const before = traffic(rig.lockstep, end);
  const counter = countMaking();
  const mine = (turn: End, on: boolean): void => {
    if (turn === end) counter.on = on;
  };
  const units = await rig.run(count, { began: (turn) => mine(turn, true), ended: (turn) => mine(turn, false) });
  counter.end();
  const { arrays, promises, timers } = counter.made;
  const { read, written, writes } = traffic(rig.lockstep, end);
  return {
    arrays: arrays / units,
    promises: promises / units,
    timers: timers / units,
    read: (read - before.read) / units,
    written: (written - before.written) / units,
    writes: (writes - before.writes) / units,
  };
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
