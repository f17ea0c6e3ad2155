import { type Admission, Connections, type Host } from "../link/connections.js";
import { fromHandle, fromPort, type Handle } from "../link/passing.js";
import type { CallEvent } from "./call-events.js";
import { CallReceiver, type Work } from "./call-receiver.js";
import type { FromWorker, ToWorker } from "./worker.js";

/** The way to the parent, from within a worker. */
export interface Parent {
  post(message: FromWorker): void;
  /** Begins hearing the parent; `handle` comes with connections, in a process. */
  listen(hear: (message: ToWorker, handle?: Handle) => void): void;
  /** Ends this worker. */
  exit(): void;
}

/** What a worker runs. */
export interface WorkerParts {
  readonly parent: Parent;
  readonly host: Host;
  readonly admission: Admission;
  /** Called last, before the worker ends. */
  readonly teardown: () => Promise<void>;
}

/** Serves what the parent hands over, connections and calls, until it says stop; then lets them end, and exits. */
export function runWorker({ parent, host, admission, teardown }: WorkerParts): void {
  const connections = new Connections({ ...host, closed: () => parent.post({ kind: "closed" }) }, admission);
  const calls = new CallReceiver(host.dispatch, (batch, work) => postBatch(parent, batch, work));
  const stop = async (graceMs: number): Promise<void> => {
    await Promise.all([connections.stop(graceMs), calls.stop(graceMs)]);
    await teardown();
    parent.exit();
  };
  let stopping = false;
  parent.listen((message, handle) => {
    if (message.kind === "call") calls.hear(message.batch as readonly CallEvent[]); // call-sender.ts sends nothing else
    else if (message.kind === "connection") {
      if (handle !== undefined) connections.add(fromHandle(handle, message.address));
      else if (message.port !== undefined) connections.add(fromPort(message.port, message.address));
    } else if (!stopping) {
      stopping = true;
      stop(message.graceMs).catch((error: unknown) => {
        host.log(`A worker could not end in peace: ${String(error)}`);
        parent.exit();
      });
    }
  });
}

/** An answer that cannot be cloned (a function in it, say) is an error of its own call alone. */
function postBatch(parent: Parent, batch: CallEvent[], work: Work): void {
  try {
    parent.post({ kind: "call", batch, ...work });
  } catch {
    parent.post({ kind: "call", batch: [], ...work });
    for (const event of batch) {
      try {
        parent.post({ kind: "call", batch: [event], taken: 0, micros: 0 });
      } catch (error) {
        const message = `The answer cannot be handed on by its worker: ${String(error)}.`;
        parent.post({
          kind: "call",
          taken: 0,
          micros: 0,
          batch: [["end", event[1], { code: "internal", message, details: [], trailers: [] }, undefined]],
        });
      }
    }
  }
}
