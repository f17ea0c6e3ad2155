import { type Model, serveHere } from "./model.js";

/** The default: all connections on one event loop, their calls interleaved. */
export const async: Model = (options) => serveHere(options, { maxActive: options.maxConnections, maxWaiting: 0 });
