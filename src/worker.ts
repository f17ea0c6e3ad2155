import { isMainThread, type MessagePort, parentPort, threadId, workerData } from "node:worker_threads";
import { loadModule } from "./load-module.js";
import { type Parent, runWorker } from "./models/worker-side.js";
import type { ToWorker } from "./models/worker.js";
import { hostOf, logToStderr, type PlainOptions } from "./serving.js";

/** What a worker is started with. */
export interface WorkerData {
  /** The URL of the service's module. */
  readonly module: string;
  readonly options: PlainOptions;
  /** Connections that it serves at once. */
  readonly maxActive: number;
}

/** This process, as a child. It ends when its parent does, however that ends. */
function processParent(): Parent {
  process.on("disconnect", () => process.exit(0));
  // A terminal's Ctrl-C reaches every process: the parent decides what becomes of it.
  process.on("SIGINT", () => {});
  process.on("SIGHUP", () => {});
  return {
    post: (message) => void process.send?.(message, () => {}),
    listen: (hear) => {
      // What models/worker.ts sends: a message, and a handle with connections.
      process.on("message", (message, handle) => hear(message as ToWorker, handle as Parameters<typeof hear>[1]));
      process.on("SIGTERM", () => hear({ kind: "stop", graceMs: 10_000 }));
    },
    exit: () => process.exit(0),
  };
}

/** This thread. */
function threadParent(port: MessagePort): Parent {
  return {
    post: (message) => port.postMessage(message),
    listen: (hear) => void port.on("message", hear),
    exit: () => process.exit(0),
  };
}

const parent = isMainThread || parentPort === null ? processParent() : threadParent(parentPort);
// models/worker.ts passes on what serve() gave it.
const data = (isMainThread ? JSON.parse(process.env["CALLWIRE_WORKER"] ?? "null") : workerData) as WorkerData;

try {
  const module = await loadModule(new URL(data.module));
  const host = hostOf(module, data.options, logToStderr);
  const me = { pid: process.pid, threadId };
  await module.setup?.(me);
  runWorker({
    parent,
    host,
    admission: { maxActive: data.maxActive, maxWaiting: Number.MAX_SAFE_INTEGER },
    teardown: async () => {
      await module.teardown?.(me);
    },
  });
  parent.post({ kind: "ready", services: module.services.map(({ service }) => service.name) });
} catch (error) {
  parent.post({ kind: "failed", message: error instanceof Error ? error.message : String(error) });
  setTimeout(() => process.exit(1), 100);
}
