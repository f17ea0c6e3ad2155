import { type Admission, Connections, type Host } from "../link/connections.js";
import { fromHandle, type Handle } from "../link/handles.js";
import { fromPort } from "../link/ports.js";
import { failure } from "../call/status.js";
import type { CallEvent } from "./call-events.js";
import { CallReceiver } from "./call-receiver.js";
import { jsonBody } from "./plain-body.js";
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
  /** Hears what the parent tells all of its workers. */
  readonly told: (what: unknown) => void;
  /** Called when this worker is told to stop, while it still answers. */
  readonly stopping: () => void;
  /** Called last, before the worker ends. */
  readonly teardown: () => Promise<void>;
}

/** Serves what the parent hands over, connections and calls, until it says stop; then lets them end, and exits. */
export function runWorker({ parent, host, admission, told, stopping, teardown }: WorkerParts): void {
  const connections = new Connections({ ...host, closed: () => parent.post({ kind: "closed" }) }, admission);
  const calls = new CallReceiver(host.dispatch, (batch, taken) => {
    try {
      parent.post({ kind: "call", batch, taken });
    } catch {
      // A proxy looks like plain data and cannot be cloned.
      parent.post({ kind: "call", batch: batch.map(cloneable), taken });
    }
  });
  let ended = false;
  /** When all is over, in whichever way that was asked for first. */
  const endAfter = async (over: readonly Promise<void>[]): Promise<void> => {
    try {
      await Promise.all(over);
      if (ended) return;
      ended = true;
      await teardown();
    } catch (error) {
      host.log(
        `A worker could not end in peace: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      );
    }
    parent.exit();
  };
  parent.listen((message, handle) => {
    switch (message.kind) {
      case "call":
        calls.hear(message.batch as readonly CallEvent[]); // call-sender.ts sends nothing else
        break;
      case "connection":
        // Said before anything is read: until then the connection can be another's.
        if (handle !== undefined) parent.post({ kind: "took" });
        if (handle !== undefined) connections.add(fromHandle(handle, message.address));
        else if (message.port !== undefined) connections.add(fromPort(message.port, message.address));
        break;
      case "told":
        told(message.what);
        break;
      case "leave":
        void endAfter([connections.leave(), calls.stop()]);
        break;
      case "stop":
        stopping();
        void endAfter([connections.stop(message.graceMs), calls.stop(message.graceMs)]);
    }
  });
}

/** An event as it can be cloned in any case. */
function cloneable(event: CallEvent): CallEvent {
  const [kind, id] = event;
  try {
    if (kind === "message") return [kind, id, jsonBody(event[2])];
    if (kind === "end" && event[3] !== undefined) return [kind, id, event[2], jsonBody(event[3])];
    if (kind === "end") return [kind, id, { ...event[2], details: jsonBody(event[2].details) as unknown[] }, undefined]; // a list stays one
    return event;
  } catch (error) {
    const message = `The answer cannot be handed on by its worker: ${String(error)}.`;
    return kind === "cost" ? event : ["end", id, failure("internal", message), undefined];
  }
}
