import { deserialize } from "node:v8";
import { isMainThread, type MessagePort, parentPort, threadId, workerData } from "node:worker_threads";
import { builtInsFor } from "./built-ins.js";
import { loadModule, tearDown } from "./load-module.js";
import { type Parent, runWorker } from "./models/worker-side.js";
import type { ToWorker } from "./models/worker.js";
import type { HealthChange } from "./services/health-board.js";
import { codecsFor } from "./service-codecs.js";
import { terminatorFor } from "./terminator-for.js";
import { hostOf, type PlainOptions } from "./serving.js";

/** What a worker is started with. */
export interface WorkerData {
  /** The URL of the service's module. */
  readonly module: string;
  readonly options: PlainOptions;
  /** Connections that it serves at once. */
  readonly maxActive: number;
}

/** A parent that has been told of SIGTERM has so long to say what is to be done. */
const PARENT_MS = 1000;
const GRACE_MS = 10_000;
/** A teardown may take so long; a worker that is stopped has less. */
const TEARDOWN_MS = 10_000;

/** This process, as a child. It ends when its parent does, however that ends. */
function processParent(): Parent {
  process.on("disconnect", () => process.exit(0));
  // A terminal's Ctrl-C reaches every process: the parent decides what becomes of it.
  process.on("SIGINT", () => {});
  process.on("SIGHUP", () => {});
  const post: Parent["post"] = (message) => {
    if (process.connected) process.send?.(message, () => {});
  };
  return {
    post,
    listen: (hear) => {
      // What models/worker.ts sends: a message, and a handle with connections.
      process.on("message", (message, handle) => hear(message as ToWorker, handle as Parameters<typeof hear>[1]));
      process.on("SIGTERM", () => {
        // The parent gives it no more work before it says stop, so that none is turned away.
        post({ kind: "leaving" });
        setTimeout(() => hear({ kind: "stop", graceMs: GRACE_MS }), PARENT_MS).unref();
      });
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
const given: unknown = isMainThread
  ? deserialize(Buffer.from(process.env["CALLWIRE_WORKER"] ?? "", "base64"))
  : workerData;
const data = given as WorkerData; // models/worker.ts passes on what serve() gave it
// Processes that the service starts are no workers of ours.
if (isMainThread) delete process.env["CALLWIRE_WORKER"];

try {
  const module = await loadModule(new URL(data.module));
  const log = (message: string): void => parent.post({ kind: "log", message });
  const codecs = await codecsFor(module.services.map(({ service }) => service));
  const { services: builtIns, board } = await builtInsFor(module.services, data.options);
  const tls = await terminatorFor(data.options, log);
  const host = hostOf({ ...module, builtIns, codecs, tls }, data.options, log);
  const me = { pid: process.pid, threadId, health: board };
  await module.setup?.(me);
  runWorker({
    parent,
    host,
    admission: { maxActive: data.maxActive, maxWaiting: Number.MAX_SAFE_INTEGER },
    told: (what) => {
      const change = what as HealthChange; // serve() tells nothing else
      if (change === "drain") board?.drain();
      else board?.set(change.service, change.status);
    },
    stopping: () => board?.drain(),
    teardown: () => tearDown(module, me, { limitMs: TEARDOWN_MS, log }),
  });
  parent.post({ kind: "ready" });
} catch (error) {
  parent.post({ kind: "failed", message: error instanceof Error ? error.message : String(error) });
  setTimeout(() => process.exit(1), 100);
}
