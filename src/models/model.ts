import { listenOn } from "../link/carriers.js";
import { type Admission, Connections, type Host } from "../link/connections.js";
import type { Arrival } from "../link/handles.js";
import type { WorkerPlan } from "./worker.js";

/** What a model runs. */
export interface ModelOptions {
  readonly host: Host;
  /** `tcp://` and `unix://` URLs. */
  readonly listen: readonly string[];
  /** Connections served at once; more wait, up to `maxWaiting`, or are refused. */
  readonly maxConnections: number;
  readonly maxWaiting: number;
  /** How workers are started; models that have none need none. */
  readonly plan: WorkerPlan;
}

/** A model at work. */
export interface Running {
  /** What was bound, in the order asked for, port 0 resolved. */
  readonly addresses: readonly string[];
  /** Ends everything; always resolves. */
  stop(graceMs: number): Promise<void>;
  /** Replaces the workers one by one; where there are none it does nothing. */
  reload(): Promise<void>;
  /** Tells every worker something that is plain data, those that are started later too; of what has one key, the last. Where there are none it does nothing. */
  tell(key: string, what: unknown): void;
  /** Resolves with the reason when it cannot go on; never otherwise. */
  readonly failed: Promise<Error>;
}

/** Decides where connections live and where their calls run. */
export type Model = (options: ModelOptions) => Promise<Running>;

const NEVER: Promise<never> = new Promise(() => {});

/** Serves connections in this thread: `admission` says how many at once. */
export async function serveHere(options: ModelOptions, admission: Admission): Promise<Running> {
  const connections = new Connections(options.host, admission);
  const stop = (graceMs: number): Promise<void> => connections.stop(graceMs);
  return await listenAll(options.listen, {
    accept: connections.add,
    stop,
    reload: () => Promise.resolve(),
    tell: () => {},
    failed: NEVER,
  });
}

/** What takes connections, and how it ends. */
export interface Taker {
  readonly accept: (connection: Arrival) => void;
  readonly stop: (graceMs: number) => Promise<void>;
  readonly reload: () => Promise<void>;
  readonly tell: (key: string, what: unknown) => void;
  readonly failed: Promise<Error>;
}

/** Listens at all addresses, or at none: where one cannot be had, the others are given back and it rejects. */
export async function listenAll(listen: readonly string[], taker: Taker): Promise<Running> {
  const results = await Promise.allSettled(listen.map((url) => listenOn(url, taker.accept)));
  const listeners = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  const stop = async (graceMs: number): Promise<void> => {
    await Promise.all(listeners.map((listener) => listener.close()));
    await taker.stop(graceMs);
  };
  const failed = results.find((result) => result.status === "rejected");
  if (failed !== undefined) {
    await stop(0);
    throw failed.reason;
  }
  let stopped: Promise<void> | undefined;
  return {
    addresses: listeners.map(({ address }) => address),
    stop: (graceMs) => (stopped ??= stop(graceMs)),
    reload: taker.reload,
    tell: taker.tell,
    failed: taker.failed,
  };
}
