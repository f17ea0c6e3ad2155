import { ambient } from "./ambient.js";
import type { Interceptor } from "./call/handler.js";
import { clientOf, type ClientParts } from "./call/stub.js";
import { value } from "./codecs/value.js";
import type { CallOptions } from "./contract/call.js";
import type { Client, FunctionsClient } from "./contract/infer.js";
import type { Service } from "./contract/service.js";
import { placeOf } from "./link/carriers.js";
import { newCounters } from "./link/counters.js";
import { Pool } from "./link/pool.js";
import { frame } from "./wires/frame/wire.js";
import { DEFAULT_LIMITS } from "./wires/limits.js";
import type { Limits, Wire } from "./wires/wire.js";

export type { Handler, Interceptor } from "./call/handler.js";
export { RpcError } from "./call/rpc-error.js";
export type { Code } from "./call/code.js";
export type { Call, CallOptions, MethodInfo, Shape } from "./contract/call.js";
export type { Client, FunctionsClient } from "./contract/infer.js";

const WIRES: Readonly<Record<string, Wire>> = { frame };

/** How a client calls. Everything has a default. */
export interface ConnectOptions extends Partial<Limits> {
  /** Around every call, the first outermost. */
  readonly interceptors?: readonly Interceptor[];
  /** The limit of calls that name none, in ms; without it they wait for as long as it takes. */
  readonly defaultTimeoutMs?: number;
  /** Names of the headers that pass from a call to those made inside it; trace context by default. */
  readonly forwardHeaders?: readonly string[];
  /** How many connections to spread calls over; 1 by default. */
  readonly connections?: number;
  /** An attempt to connect fails after so long; 20 s by default. */
  readonly connectTimeoutMs?: number;
  /** How lengths are written, on wires with a choice (`frame`). */
  readonly byteOrder?: "little" | "big";
  /** Hears, in sentences, what a person should know; by default nobody does, since every call hears its own errors. */
  readonly log?: (message: string) => void;
}

/**
 * Makes a client of a contract: `connect(Greeter, "frame://127.0.0.1:8080")`. Connections are made when calls need them, and again after a loss.
 * Throws a TypeError for a URL that cannot be called.
 */
export function connect<S extends Service>(service: S, url: string, options?: ConnectOptions): Client<S>;
/**
 * Makes a client of plain functions, by the type alone: `connect<typeof math>("math", "frame://127.0.0.1:8080")`.
 * The name "" calls methods by their bare names, as servers other than callwire want them.
 */
export function connect<F = Record<string, (...args: unknown[]) => unknown>>(
  service: string,
  url: string,
  options?: ConnectOptions,
): FunctionsClient<F>;
export function connect(service: Service | string, url: string, options: ConnectOptions = {}): unknown {
  const { wire, target } = targetOf(url);
  const pool = new Pool(
    {
      wire,
      url: target,
      limits: { ...DEFAULT_LIMITS, ...given(options) },
      byteOrder: options.byteOrder,
      connectTimeoutMs: options.connectTimeoutMs ?? 20_000,
      counters: newCounters(),
      log: options.log ?? ((): void => {}),
    },
    options.connections ?? 1,
  );
  return made(service, {
    dispatch: pool.dispatch,
    codec: value,
    peer: { address: url },
    interceptors: options.interceptors,
    defaultTimeoutMs: options.defaultTimeoutMs,
    ambient,
    forwardHeaders: options.forwardHeaders,
    close: () => pool.close(),
  });
}

/**
 * The same client with options for every call made through it; how calls of plain functions get theirs:
 * `await withOptions(calc, { timeoutMs: 500 }).add(2, 3)`. Disposing either closes the connections of both.
 */
export function withOptions<C extends AsyncDisposable>(client: C, defaults: CallOptions): C {
  const remake = remakers.get(client);
  if (remake === undefined) throw new TypeError("withOptions() takes a client that connect() made.");
  // What is made again has the type of what it was made from.
  return remake(defaults) as C;
}

/** How the clients of this process were made, for withOptions. */
const remakers: WeakMap<object, (defaults: CallOptions) => unknown> = new WeakMap();

function made(service: Service | string, parts: ClientParts): object {
  const client = clientOf(service, parts);
  remakers.set(client, (defaults) => made(service, { ...parts, defaults: { ...parts.defaults, ...defaults } }));
  return client;
}

function given(options: ConnectOptions): Partial<Limits> {
  const names = ["maxMessageBytes", "maxHeaderBytes", "maxDepth", "maxConcurrentCalls", "requestTimeoutMs"] as const;
  return Object.fromEntries(names.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])));
}

/** Reads `WIRE[+CARRIER]://AUTHORITY[/PATH]`. Throws a TypeError that says what there is. */
function targetOf(url: string): { wire: Wire; target: string } {
  const match = /^(?<wire>[a-z]+)(?:\+(?<carrier>[a-z0-9]+))?:\/\/(?<place>.+)$/u.exec(url);
  const { wire: name = "", carrier = "tcp", place = "" } = match?.groups ?? {};
  const wire = Object.hasOwn(WIRES, name) ? WIRES[name] : undefined;
  if (wire === undefined) {
    throw new TypeError(
      `Cannot call ${JSON.stringify(url)}: write WIRE://HOST:PORT, with a wire of ${Object.keys(WIRES).join(", ")}.`,
    );
  }
  if (carrier !== "tcp" && carrier !== "unix")
    throw new TypeError(`Wire ${name} goes over tcp or unix, not ${JSON.stringify(carrier)}.`);
  const target = `${carrier}://${carrier === "tcp" ? place.replace(/\/.*$/u, "") : place}`;
  placeOf(target); // throws for what is no place
  return { wire, target };
}
