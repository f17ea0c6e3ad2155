import { serveByHanding } from "./handing.js";
import type { Model } from "./model.js";
import { startProcess } from "./worker.js";

/** A fixed number of processes, each with its event loop; a new connection goes to the one with the fewest. */
export const preforkAsync: Model = (options) =>
  serveByHanding(options, {
    start: startProcess,
    perWorker: Math.ceil(options.maxConnections / options.plan.workers),
    warm: (workers) => workers,
  });
