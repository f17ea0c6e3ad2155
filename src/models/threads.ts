import { serveByHanding } from "./handing.js";
import type { Model } from "./model.js";
import { startThread } from "./worker.js";

/** Each connection has a worker thread to itself, from a pool; more wait. A method that blocks keeps nobody else from being answered. */
export const threads: Model = (options) =>
  serveByHanding(options, { start: startThread, perWorker: 1, warm: (workers) => workers });
