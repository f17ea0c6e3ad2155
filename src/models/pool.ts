import { Connections } from "../link/connections.js";
import { CallPool } from "./call-pool.js";
import { listenAll, type Model } from "./model.js";
import { Supervisor } from "./supervisor.js";
import { startThread } from "./worker.js";

/** All connections on one event loop; each call on a free worker thread, the calls of one connection too. */
export const pool: Model = async (options) => {
  const { plan, host, maxConnections } = options;
  let resolveFailed: (error: Error) => void = () => {};
  const failed = new Promise<Error>((resolve) => {
    resolveFailed = resolve;
  });
  const calls = new CallPool();
  const supervisor = new Supervisor({
    start: (events) => startThread(plan, events),
    log: host.log,
    joined: (worker) => calls.joined(worker),
    left: (worker, gone) => calls.left(worker, gone),
    message: (worker, message) => {
      if (message.kind === "call") calls.hear(worker, message);
    },
    hopeless: (error) => {
      calls.refuse(`The server has no workers left: ${error.message}`);
      resolveFailed(error);
    },
  });
  const connections = new Connections(
    { ...host, dispatch: calls.dispatch },
    { maxActive: maxConnections, maxWaiting: 0 },
  );
  const stop = async (graceMs: number): Promise<void> => {
    await connections.stop(graceMs);
    calls.refuse("The server is shutting down.");
    await supervisor.stop(0);
  };
  try {
    await supervisor.open(plan.workers);
  } catch (error) {
    await stop(0);
    throw error;
  }
  return await listenAll(options.listen, {
    accept: connections.add,
    stop,
    reload: () => supervisor.reload(),
    tell: (key, what) => supervisor.tell(key, what),
    failed,
  });
};
