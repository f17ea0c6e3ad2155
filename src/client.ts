import { ambient } from "./ambient.js";
import { fold, type Interceptor } from "./call/handler.js";
import { NO_FIELDS } from "./call/fields.js";
import { OutgoingCall } from "./call/outgoing-call.js";
import { remote, type RemoteMethod, startCall } from "./call/remote.js";
import type { Dispatch } from "./call/sink.js";
import { value } from "./codecs/value.js";
import type { CallOptions, MethodInfo, Shape } from "./contract/call.js";
import type { Client, FunctionsClient } from "./contract/infer.js";
import type { Method } from "./contract/method.js";
import type { Service } from "./contract/service.js";
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
/** Trace context (https://www.w3.org/TR/trace-context/) goes on by default. */
const FORWARDED: readonly string[] = ["traceparent", "tracestate", "baggage"];

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
  const maker: Maker = { dispatch: pool.dispatch, url, options, defaults: undefined };
  return clientOf(service, maker, () => pool.close());
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

/** What all functions of a client share. */
interface Maker {
  readonly dispatch: Dispatch;
  readonly url: string;
  readonly options: ConnectOptions;
  readonly defaults: CallOptions | undefined;
}

type Stub = (input: unknown, options?: CallOptions) => unknown;

function clientOf(service: Service | string, maker: Maker, close: () => Promise<void>): object {
  const client =
    typeof service === "string" ? functionsClient(service, maker, close) : contractClient(service, maker, close);
  remakers.set(client, (defaults) =>
    clientOf(service, { ...maker, defaults: { ...maker.defaults, ...defaults } }, close),
  );
  return client;
}

function contractClient(service: Service, maker: Maker, close: () => Promise<void>): object {
  const client: Record<PropertyKey, unknown> = { [Symbol.asyncDispose]: close };
  for (const [name, method] of Object.entries(service.methods))
    client[name] = stubOf(infoOf(service.name, name, method.shape), method, maker);
  return client;
}

/** Nothing is known of the functions but their types, so each is made when it is first asked for. */
function functionsClient(service: string, maker: Maker, close: () => Promise<void>): object {
  const client: Record<PropertyKey, unknown> = { [Symbol.asyncDispose]: close };
  return new Proxy(client, {
    get(target, name) {
      // A client that had a `then` would be taken for a promise.
      if (typeof name === "symbol" || name === "then" || Object.hasOwn(target, name)) return target[name];
      const stub = stubOf(infoOf(service, name, "unary"), { shape: "unary", positional: true }, maker);
      return (target[name] = (...args: unknown[]) => stub(args));
    },
  });
}

function infoOf(service: string, name: string, shape: Shape): MethodInfo {
  return { service, name, path: service === "" ? name : `${service}/${name}`, shape };
}

/** The function of one method: everything that its calls share is made here, once. */
function stubOf(info: MethodInfo, declared: Method, { dispatch, url, options, defaults }: Maker): Stub {
  const peer = { address: url };
  const method: RemoteMethod = {
    info,
    codec: value.bind(declared),
    head: {
      path: info.path,
      codec: "value",
      timeoutMs: undefined,
      fields: NO_FIELDS,
      peer,
      positional: declared.positional === true,
      shape: info.shape,
      waitForReady: undefined,
      out: undefined,
      memo: undefined,
    },
    defaultTimeoutMs: options.defaultTimeoutMs,
    ambient,
    forwardHeaders: (options.forwardHeaders ?? FORWARDED).map((name) => name.toLowerCase()),
  };
  const merged = (own: CallOptions | undefined): CallOptions | undefined =>
    defaults === undefined ? own : { ...defaults, ...own };
  if (options.interceptors === undefined || options.interceptors.length === 0) {
    return (input, own) => startCall(dispatch, method, { input, options: merged(own) });
  }
  const handler = fold(options.interceptors, remote(dispatch, method));
  return (input, own) => handler(new OutgoingCall({ method: info, peer, input, options: merged(own) ?? {} }));
}

function given(options: ConnectOptions): Partial<Limits> {
  const names = ["maxMessageBytes", "maxHeaderBytes", "maxDepth", "maxConcurrentCalls"] as const;
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
  return { wire, target: `${carrier}://${carrier === "tcp" ? place.replace(/\/.*$/u, "") : place}` };
}
