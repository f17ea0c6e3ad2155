import { HandOver } from "../link/hand-over.js";
import { type Arrival, fromHandle, handleOf } from "../link/handles.js";
import { toPort } from "../link/ports.js";
import { listenAll, type ModelOptions, type Running } from "./model.js";
import { Supervisor } from "./supervisor.js";
import { startProcess, startThread, type Worker } from "./worker.js";

/** How connections are shared out among workers. */
export interface Handing {
  readonly start: typeof startProcess;
  /** Connections that a worker has at once. */
  readonly perWorker: number;
  /** Workers that are there from the start; the others come when connections wait, and go when there is nothing to do. */
  readonly warm: (workers: number) => number;
}

/** Gives each connection, unread, to a worker; the answer to whoever waits is that one closes. */
export async function serveByHanding(options: ModelOptions, { start, perWorker, warm }: Handing): Promise<Running> {
  const { plan, host, maxWaiting } = options;
  const least = warm(plan.workers);
  let resolveFailed: (error: Error) => void = () => {};
  const failed = new Promise<Error>((resolve) => {
    resolveFailed = resolve;
  });
  const supervisor: Supervisor = new Supervisor({
    start: (events) => start(plan, events),
    log: host.log,
    joined: (worker) => handOver.joined(worker),
    left: (worker, gone) => handOver.left(worker, gone),
    message: (worker, message) => {
      if (message.kind === "closed") handOver.closed(worker);
    },
    hopeless: (error) => {
      handOver.stop();
      resolveFailed(error);
    },
  });
  const handOver: HandOver<Worker> = new HandOver({
    perWorker,
    maxWaiting,
    counters: host.counters,
    log: host.log,
    give: start === startThread ? giveToThread : giveToProcess,
    crowded: () => {
      if (supervisor.wanted < plan.workers) supervisor.grow();
    },
    idle: (worker) => {
      if (handOver.idle > least && supervisor.wanted > least) supervisor.dismiss(worker);
    },
  });
  const stop = async (graceMs: number): Promise<void> => {
    handOver.stop();
    await supervisor.stop(graceMs);
  };
  try {
    await supervisor.open(least);
  } catch (error) {
    await stop(0);
    throw error;
  }
  return await listenAll(options.listen, {
    accept: handOver.add,
    stop,
    reload: () => supervisor.reload(),
    tell: (key, what) => supervisor.tell(key, what),
    failed,
  });
}

function giveToProcess(worker: Worker, connection: Arrival, failed: (connection: Arrival) => void): void {
  const { address } = connection;
  const handle = handleOf(connection);
  if (handle === undefined) connection.destroy();
  else worker.hand({ kind: "connection", address }, handle, () => failed(fromHandle(handle, address)));
}

function giveToThread(worker: Worker, connection: Arrival): void {
  const port = toPort(connection);
  worker.post({ kind: "connection", address: connection.address, port }, [port]);
}
