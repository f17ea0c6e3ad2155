import { listenAll, type Model } from "./model.js";

/** The default: all connections on one event loop, their calls interleaved. */
export const async: Model = (options) => listenAll(options, { maxActive: options.maxConnections, maxWaiting: 0 });
