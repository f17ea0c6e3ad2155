import { Connections } from "../link/connections.js";
import { CallPool } from "./call-pool.js";
import { listenAll, type Model } from "./model.js";
import { Supervisor } from "./supervisor.js";
import { startThread } from "./worker.js";

/** All connections on one event loop; each call on a free worker thread, the calls of one connection too. */
export const pool: Model = async (options) => {
  const { plan, host, maxConnections } = options;
  let hopeless: (error: Error) => void = () => {};
  const failed = new Promise<Error>((resolve) => {
    hopeless = resolve;
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
    hopeless,
  });
  const connections = new Connections(
    { ...host, dispatch: calls.dispatch },
    { maxActive: maxConnections, maxWaiting: 0 },
  );
  const stop = async (graceMs: number): Promise<void> => {
    await connections.stop(graceMs);
    calls.stop();
    await supervisor.stop(0);
  };
  try {
    await supervisor.want(plan.workers);
  } catch (error) {
    await stop(0);
    throw error;
  }
  return await listenAll(options.listen, { accept: connections.add, stop, reload: () => supervisor.reload(), failed });
};
