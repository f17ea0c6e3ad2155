import { ambient } from "./ambient.js";
import { introspection } from "./call/introspection.js";
import type { Interceptor } from "./call/handler.js";
import { makeRoutes } from "./call/routes.js";
import { serve as dispatchTo } from "./call/serve.js";
import { value } from "./codecs/value.js";
import type { MethodInfo } from "./contract/call.js";
import type { Implementation } from "./contract/implement.js";
import { type LinkCounters, newCounters } from "./link/counters.js";
import { async } from "./models/async.js";
import type { Model, ModelName } from "./models/model.js";
import { single } from "./models/single.js";
import { frame } from "./wires/frame/wire.js";
import { DEFAULT_LIMITS } from "./wires/limits.js";
import type { Limits, Wire } from "./wires/wire.js";

export type { Handler, Interceptor } from "./call/handler.js";
export { RpcError, type RpcErrorOptions } from "./call/rpc-error.js";
export type { Code } from "./call/code.js";
export type { Call, CallOptions, MethodInfo, Peer, Shape } from "./contract/call.js";
export { functions, type FunctionService } from "./contract/functions.js";
export { implement, type Implementation } from "./contract/implement.js";
export type { Client, FunctionsClient, Implementor } from "./contract/infer.js";
export { bidi, clientStream, type Method, type MethodOptions, serverStream, unary } from "./contract/method.js";
export type { Schema } from "./contract/schema.js";
export { service, type Service } from "./contract/service.js";

/** The wires, in the order in which they are asked about a connection's first bytes. */
const WIRES: readonly Wire[] = [frame];
const MODELS: Readonly<Record<ModelName, Model>> = { async, single };

/** How a server runs. Everything has a default. */
export interface ServeOptions extends Partial<Limits> {
  /** Where to listen: `tcp://HOST:PORT` (port 0 takes a free one) and `unix:///PATH`. */
  readonly listen?: readonly string[];
  /** Where connections live and calls run; `async` is the default. */
  readonly model?: ModelName;
  /** The wires to answer, by name; all of them by default. */
  readonly wires?: readonly string[];
  /** Around every method, the first outermost. */
  readonly interceptors?: readonly Interceptor[];
  /** Validates what methods answer: on unless NODE_ENV is `production`. */
  readonly validateOutput?: boolean;
  /** Calls made inside a method find it by themselves (AsyncLocalStorage), with its deadline and cancellation. Off: only by `parent`. */
  readonly propagate?: boolean;
  /** Callers may read the message of errors that are no RpcError. */
  readonly exposeErrors?: boolean;
  /** The longest time that a caller may ask for, in ms; also the limit of calls that name none. */
  readonly maxTimeoutMs?: number;
  /** Connections served at once. */
  readonly maxConnections?: number;
  /** Connections that wait, where the model lets them. */
  readonly maxWaiting?: number;
  /** A connection that has not shown what it speaks after so long is closed. */
  readonly firstByteTimeoutMs?: number;
  /** A connection without calls that says nothing for so long is closed. */
  readonly idleTimeoutMs?: number;
  /** Hears, in sentences, what a person should know; by default they go to stderr. */
  readonly log?: (message: string) => void;
}

/** A server at work. */
export interface Server extends AsyncDisposable {
  /** What was bound, as URLs, port 0 resolved. */
  readonly addresses: readonly string[];
  /** The services, and the wires by which each can be called. */
  readonly services: readonly { readonly name: string; readonly wires: readonly string[] }[];
  readonly counters: Readonly<LinkCounters>;
  /** Takes no new connections and no new calls, lets open calls end for `graceMs` (10 s), then cuts them. Always resolves. */
  stop(options?: { readonly graceMs?: number }): Promise<void>;
}

/**
 * Serves services on every wire. Rejects where an address cannot be had (none is kept then);
 * throws a TypeError for services or options that cannot be.
 */
export async function serve(services: readonly Implementation[], options: ServeOptions = {}): Promise<Server> {
  const log = options.log ?? ((message: string): void => void process.stderr.write(`callwire: ${message}\n`));
  const all = [...services, introspection(services)];
  const routes = makeRoutes(all, {
    codecs: [value],
    interceptors: options.interceptors ?? [],
    checkOutput: options.validateOutput ?? process.env["NODE_ENV"] !== "production",
  });
  const dispatch = dispatchTo(routes, {
    ambient: options.propagate === false ? undefined : ambient,
    exposeErrors: options.exposeErrors,
    maxTimeoutMs: options.maxTimeoutMs,
    report: (error, method) => log(reportOf(error, method)),
  });
  const wires = wiresNamed(options.wires);
  const counters = newCounters();
  const model = modelNamed(options.model ?? "async");
  const running = await model({
    listen: options.listen ?? ["tcp://127.0.0.1:8080"],
    maxConnections: options.maxConnections ?? 65_536,
    maxWaiting: options.maxWaiting ?? 1024,
    host: {
      wires,
      dispatch,
      counters,
      log,
      limits: limitsOf(options),
      firstByteTimeoutMs: options.firstByteTimeoutMs ?? 10_000,
      idleTimeoutMs: options.idleTimeoutMs ?? 3_600_000,
    },
  });
  const stop = (how: { readonly graceMs?: number } = {}): Promise<void> => running.stop(how.graceMs ?? 10_000);
  return {
    addresses: running.addresses,
    services: all.map(({ service }) => ({ name: service.name, wires: wires.map(({ name }) => name) })),
    counters,
    stop,
    [Symbol.asyncDispose]: () => stop(),
  };
}

function limitsOf(options: ServeOptions): Limits {
  return {
    maxMessageBytes: options.maxMessageBytes ?? DEFAULT_LIMITS.maxMessageBytes,
    maxHeaderBytes: options.maxHeaderBytes ?? DEFAULT_LIMITS.maxHeaderBytes,
    maxDepth: options.maxDepth ?? DEFAULT_LIMITS.maxDepth,
    maxConcurrentCalls: options.maxConcurrentCalls ?? DEFAULT_LIMITS.maxConcurrentCalls,
  };
}

function wiresNamed(names: readonly string[] | undefined): readonly Wire[] {
  if (names === undefined) return WIRES;
  const known = WIRES.map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new TypeError(`There is no wire ${JSON.stringify(unknown)}: choose of ${known.join(", ")}.`);
  return WIRES.filter(({ name }) => names.includes(name));
}

function modelNamed(name: string): Model {
  const model = Object.entries(MODELS).find(([key]) => key === name)?.[1];
  if (model === undefined) {
    throw new TypeError(`There is no model ${JSON.stringify(name)}: choose of ${Object.keys(MODELS).join(", ")}.`);
  }
  return model;
}

function reportOf(error: unknown, method: MethodInfo): string {
  return `Method ${method.path} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}
