import { availableParallelism } from "node:os";
import { threadId } from "node:worker_threads";
import { builtInsFor } from "./built-ins.js";
import type { Interceptor } from "./call/handler.js";
import { INTROSPECTION } from "./call/introspection.js";
import type { Implementation } from "./contract/implement.js";
import type { LinkCounters } from "./link/counters.js";
import { loadModule, type ServiceModule, tearDown } from "./load-module.js";
import type { ModelName } from "./models/model-names.js";
import type { Model, Running } from "./models/model.js";
import { protocolsNamed } from "./protocols.js";
import { codecsFor } from "./service-codecs.js";
import { hostOf, logToStderr, type PlainOptions } from "./serving.js";
import type { HealthBoard, HealthChange, HealthControl } from "./services/health-board.js";
import { terminatorFor } from "./terminator-for.js";
import type { WorkerData } from "./worker.js";

export type { Handler, Interceptor } from "./call/handler.js";
export { RpcError, type RpcErrorOptions } from "./call/rpc-error.js";
export type { Code } from "./call/code.js";
export type { Call, CallOptions, MethodInfo, Peer, Shape } from "./contract/call.js";
export { functions, type FunctionService } from "./contract/functions.js";
export { implement, type Implementation } from "./contract/implement.js";
export type { AnyMessage, Contract, ProtoService } from "./contract/proto-service.js";
export type { Client, FunctionsClient, Implementor } from "./contract/infer.js";
export { bidi, clientStream, type Method, type MethodOptions, serverStream, unary } from "./contract/method.js";
export type { Schema } from "./contract/schema.js";
export { service, type Service } from "./contract/service.js";
export type { WorkerInfo } from "./load-module.js";
export type { KeyPair, TlsServerOptions } from "./transports/tls-options.js";
export type { HealthControl, ServingStatus } from "./services/health-board.js";
export type { ModelName } from "./models/model-names.js";

/** A model, loaded when it is chosen, and what its workers are: whether it has any, and how many connections and calls each takes at once. */
interface ModelEntry {
  readonly load: () => Promise<Model>;
  readonly worker?: { readonly connections: "one" | "many" };
}

const MODELS: Readonly<Record<ModelName, ModelEntry>> = {
  single: { load: () => import("./models/single.js").then(({ single }) => single) },
  threads: {
    load: () => import("./models/threads.js").then(({ threads }) => threads),
    worker: { connections: "one" },
  },
  processes: {
    load: () => import("./models/processes.js").then(({ processes }) => processes),
    worker: { connections: "one" },
  },
  prefork: {
    load: () => import("./models/prefork.js").then(({ prefork }) => prefork),
    worker: { connections: "one" },
  },
  async: { load: () => import("./models/async.js").then(({ async }) => async) },
  "prefork-async": {
    load: () => import("./models/prefork-async.js").then(({ preforkAsync }) => preforkAsync),
    worker: { connections: "many" },
  },
  pool: {
    load: () => import("./models/pool.js").then(({ pool }) => pool),
    worker: { connections: "many" },
  },
};

/** What a timer can hold, and a worker's time to end after it. */
const LONGEST_GRACE_MS = 2_147_000_000;
/** A teardown may take so long after calls have had their time. */
const TEARDOWN_MS = 500;

/** How a server runs. Everything has a default. */
export interface ServeOptions extends PlainOptions {
  /** Where to listen: `tcp://HOST:PORT` (port 0 takes a free one), `tls://HOST:PORT` and `unix:///PATH`. */
  readonly listen?: readonly string[];
  /** Where connections live and calls run; `async` is the default. */
  readonly model?: ModelName;
  /** How many threads or processes, for models that have some; by default one a core. */
  readonly workers?: number;
  /** Around every method, the first outermost. Models with workers take them from the module's export `interceptors`. */
  readonly interceptors?: readonly Interceptor[];
  /** Connections served at once. */
  readonly maxConnections?: number;
  /** Connections that wait, where the model lets them. */
  readonly maxWaiting?: number;
  /** Hears, in sentences, what a person should know; by default they go to stderr. */
  readonly log?: (message: string) => void;
}

/** A server at work. */
export interface Server extends AsyncDisposable {
  /** What was bound, as URLs, port 0 resolved. */
  readonly addresses: readonly string[];
  /** The services, and the wires by which each can be called. */
  readonly services: readonly { readonly name: string; readonly wires: readonly string[] }[];
  /**
   * Sets what `grpc.health.v1.Health` tells, in all workers where there are some: a moment later there. `set` throws an Error where the server has no such
   * service (no service of it is a protobuf one, or the option `health` is false).
   */
  readonly health: HealthControl;
  /** What happened on its connections; bytes are counted where they are read, so not those of worker processes. */
  readonly counters: Readonly<LinkCounters>;
  /** Resolves with the reason where the server cannot go on (workers die as they start); never otherwise. */
  readonly failed: Promise<Error>;
  /** Loads the service again, in new workers that take over one by one. Without workers it does nothing. */
  reload(): Promise<void>;
  /** Takes no new connections and no new calls, lets open calls end for `graceMs` (10 s), then cuts them. Always resolves. */
  stop(options?: { readonly graceMs?: number }): Promise<void>;
}

/**
 * Serves services on every wire: live ones, or those that a module exports. Models with workers need the module, since each worker loads it for itself.
 * Rejects where an address cannot be had (none is kept then) or the module cannot be loaded; throws a TypeError for what cannot be.
 */
export async function serve(services: readonly Implementation[] | URL, options: ServeOptions = {}): Promise<Server> {
  const name = options.model ?? "async";
  const entry = Object.hasOwn(MODELS, name) ? MODELS[name] : undefined;
  if (entry === undefined) {
    throw new TypeError(`There is no model ${JSON.stringify(name)}: choose of ${Object.keys(MODELS).join(", ")}.`);
  }
  if (entry.worker !== undefined) refuseLive(services, options, name);
  const module = services instanceof URL ? await loadModule(services) : liveModule(services);
  const log = options.log ?? logToStderr;
  const interceptors = [...(options.interceptors ?? []), ...module.interceptors];
  const codecs = await codecsFor(module.services.map(({ service }) => service));
  const { services: builtIns, board } = await builtInsFor(module.services, options);
  const tls = await terminatorFor(options, log);
  const listen = options.listen ?? ["tcp://127.0.0.1:8080"];
  const secure = listen.find((url) => url.startsWith("tls:"));
  if (secure !== undefined && tls === undefined)
    throw new TypeError(`${secure} needs a certificate: give serve() \`tls: { cert, key }\`.`);
  const host = hostOf({ services: module.services, builtIns, interceptors, codecs, tls }, options, log);
  const me = { pid: process.pid, threadId, health: board };
  if (entry.worker === undefined) await module.setup?.(me);
  const workers = options.workers ?? availableParallelism();
  if (!Number.isSafeInteger(workers) || workers < 1)
    throw new TypeError(`workers is a whole number from 1, and ${JSON.stringify(workers)} is not.`);
  const maxConnections = Math.min(options.maxConnections ?? 65_536, Number.MAX_SAFE_INTEGER);
  const one = entry.worker?.connections === "one";
  const data: WorkerData = {
    module: services instanceof URL ? services.href : "",
    options: { ...plainOptions(options), ...(one ? { maxConcurrentCalls: 1 } : {}) },
    maxActive: one ? 1 : maxConnections,
  };
  const end = async (limitMs: number): Promise<void> => {
    if (entry.worker === undefined) await tearDown(module, me, { limitMs, log });
  };
  const model = await entry.load();
  const running = await model({
    host,
    listen,
    maxConnections,
    maxWaiting: options.maxWaiting ?? 1024,
    plan: { entry: new URL("./worker.js", import.meta.url), data, workers },
  }).catch(async (error: unknown) => {
    await end(TEARDOWN_MS);
    throw error;
  });
  let stopped: Promise<void> | undefined;
  const stop = async (asked: number): Promise<void> => {
    const graceMs = Math.max(0, Math.min(asked, LONGEST_GRACE_MS));
    const until = performance.now() + graceMs;
    board?.drain();
    running.tell("drain", "drain" satisfies HealthChange);
    await running.stop(graceMs);
    await end(Math.max(0, until - performance.now()) + TEARDOWN_MS);
  };
  const server = {
    addresses: running.addresses,
    services: [
      ...module.services.map(({ service }) => service.name),
      INTROSPECTION,
      ...builtIns.map(({ service }) => service.name),
    ].map((each) => ({
      name: each,
      wires: protocolsNamed(options.wires)
        .map((protocol) => protocol.name)
        .toSorted(),
    })),
    health: healthControl(board, running),
    counters: host.counters,
    failed: running.failed,
    reload: () => running.reload(),
    stop: (how: { readonly graceMs?: number } = {}): Promise<void> => (stopped ??= stop(how.graceMs ?? 10_000)),
  };
  return { ...server, [Symbol.asyncDispose]: () => server.stop() };
}

/** Sets what this process tells, and what its workers do. */
function healthControl(board: HealthBoard | undefined, running: Running): HealthControl {
  return {
    set: (service, status) => {
      if (board === undefined)
        throw new Error("This server has no health service: give it a protobuf service, and leave `health` on.");
      board.set(service, status);
      running.tell(`health ${service}`, { service, status } satisfies HealthChange);
    },
  };
}

function liveModule(services: readonly Implementation[]): ServiceModule {
  return { services, interceptors: [], setup: undefined, teardown: undefined };
}

/** Functions cannot be sent to another thread or process, so nothing live may come along. */
function refuseLive(
  services: readonly Implementation[] | URL,
  options: ServeOptions,
  model: string,
): asserts services is URL {
  if (!(services instanceof URL)) {
    throw new TypeError(
      `Model ${model} loads the service in each worker: give serve() the module's URL, such as new URL("./service.js", import.meta.url), in place of live services.`,
    );
  }
  if (options.baidu?.authenticate !== undefined) {
    throw new TypeError(
      `Model ${model} cannot hand the function baidu.authenticate to its workers: choose the model async, or look at headers in an interceptor.`,
    );
  }
  if (options.interceptors !== undefined && options.interceptors.length > 0) {
    throw new TypeError(
      `Model ${model} takes interceptors from the service's module: write "export const interceptors = […]" there.`,
    );
  }
}

/** What of the options can be sent to a worker. */
function plainOptions(options: ServeOptions): PlainOptions {
  const {
    listen: _l,
    model: _m,
    workers: _w,
    interceptors: _i,
    maxConnections: _c,
    maxWaiting: _a,
    log: _o,
    ...plain
  } = options;
  return plain;
}
