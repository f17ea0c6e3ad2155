// The load of a soak: node load-process.js, started by run.ts, which asks it by IPC.
import { answering } from "./answering.js";
import { Load } from "./load.js";
import type { LoadOrder, LoadState } from "./messages.js";
import { sample } from "./sample.js";

const failures: string[] = [];
process.on("unhandledRejection", (error) => {
  failures.push(`Unhandled rejection: ${error instanceof Error ? String(error.stack) : String(error)}`);
});
process.on("warning", (warning) => void failures.push(`Warning: ${String(warning)}`));

let load: Load | undefined;

answering({
  start: async (order: LoadOrder) => {
    load = await Load.start(order);
  },
  round: (ms: number) => load?.round(ms),
  close: () => load?.close(),
  hold: () => load?.hold(),
  held: () => load?.held(),
  state: (collected: boolean): LoadState | undefined =>
    load && { ...load.state(), sample: sample(collected), failures },
});
