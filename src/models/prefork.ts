import { serveByHanding } from "./handing.js";
import type { Model } from "./model.js";
import { startProcess } from "./worker.js";

/** A fixed number of processes, started beforehand, with one connection at a time each; more wait. */
export const prefork: Model = (options) =>
  serveByHanding(options, { start: startProcess, perWorker: 1, warm: (workers) => workers });
