import { serveByHanding } from "./handing.js";
import type { Model } from "./model.js";
import { startProcess } from "./worker.js";

/** So many processes are kept ready for the next connection: starting one takes 65 ms, handing over to a warm one 0.35 ms. */
const WARM = 2;

/** Each connection has a process to itself; a few are kept warm, more are started while connections wait, up to `workers`. */
export const processes: Model = (options) =>
  serveByHanding(options, { start: startProcess, perWorker: 1, warm: (workers) => Math.min(WARM, workers) });
