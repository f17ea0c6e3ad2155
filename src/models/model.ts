import { listenOn } from "../link/carriers.js";
import { type Admission, Connections, type Host } from "../link/connections.js";

/** The names of the concurrency models. */
export type ModelName = "single" | "async";

/** What a model runs. */
export interface ModelOptions {
  readonly host: Host;
  /** `tcp://` and `unix://` URLs. */
  readonly listen: readonly string[];
  /** Connections served at once; more wait, up to `maxWaiting`, or are refused. */
  readonly maxConnections: number;
  readonly maxWaiting: number;
}

/** A model at work. */
export interface Running {
  /** What was bound, in the order asked for, port 0 resolved. */
  readonly addresses: readonly string[];
  /** Ends everything; always resolves. */
  stop(graceMs: number): Promise<void>;
}

/** Decides where connections live and where their calls run. */
export type Model = (options: ModelOptions) => Promise<Running>;

/** Listens at all addresses, or at none: where one cannot be had, the others are given back and it rejects. */
export async function listenAll(options: ModelOptions, admission: Admission): Promise<Running> {
  const connections = new Connections(options.host, admission);
  const results = await Promise.allSettled(options.listen.map((url) => listenOn(url, connections.add)));
  const listeners = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  const stop = async (graceMs: number): Promise<void> => {
    await Promise.all(listeners.map((listener) => listener.close()));
    await connections.stop(graceMs);
  };
  const failed = results.find((result) => result.status === "rejected");
  if (failed !== undefined) {
    await stop(0);
    throw failed.reason;
  }
  let stopped: Promise<void> | undefined;
  return { addresses: listeners.map(({ address }) => address), stop: (graceMs) => (stopped ??= stop(graceMs)) };
}
