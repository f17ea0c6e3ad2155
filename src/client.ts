import { ambient } from "./ambient.js";
import { destinationOf } from "./calling.js";
import type { Interceptor } from "./call/handler.js";
import { checkedCoding } from "./checked-coding.js";
import type { Client, FunctionsClient } from "./contract/infer.js";
import { type Contract, serviceOf } from "./contract/proto-service.js";
import { newCounters } from "./link/counters.js";
import { batching } from "./link/batching.js";
import { type PingOptions, pingsOf } from "./link/keepalive.js";
import { Pool } from "./link/pool.js";
import { madeClient } from "./made-client.js";
import { codecsFor } from "./service-codecs.js";
import type { TlsClientOptions } from "./transports/tls-options.js";
import { DEFAULT_LIMITS } from "./wires/limits.js";
import type { HttpTarget, Limits, SessionOptions } from "./wires/wire.js";

export type { Handler, Interceptor } from "./call/handler.js";
export { RpcError } from "./call/rpc-error.js";
export type { Code } from "./call/code.js";
export type { Call, CallOptions, MethodInfo, Shape } from "./contract/call.js";
export type { Client, FunctionsClient } from "./contract/infer.js";
export { withOptions } from "./made-client.js";
export type { KeyPair, TlsClientOptions } from "./transports/tls-options.js";

/** How many connections there are at the most where no other number is asked for: more only where each carries one call at a time. */
const CONNECTIONS = { all: 1, unary: 1, none: 16 };

/** How a client calls. Everything has a default. */
export interface ConnectOptions
  extends
    Partial<Limits>,
    PingOptions,
    Pick<
      SessionOptions,
      "baidu" | "byteOrder" | "framing" | "gzip" | "grpcweb" | "xmlrpc" | "compressMinBytes" | "useHttpGet"
    > {
  /**
   * How long messages are compressed (`gzip`, `deflate`, `br`, with newer nodes `zstd`) where the protocol does that itself, for servers that are known
   * to read it; by default they are not.
   */
  readonly sendCompression?: string;
  /** Messages of protobuf services are bytes in its own format where the protocol takes those and JSON; false: they are JSON. */
  readonly useBinaryFormat?: boolean;
  /** Around every call, the first outermost. */
  readonly interceptors?: readonly Interceptor[];
  /** The limit of calls that name none, in ms; without it they wait for as long as it takes. */
  readonly defaultTimeoutMs?: number;
  /** Names of the headers that pass from a call to those made inside it; trace context by default. */
  readonly forwardHeaders?: readonly string[];
  /** The calls of one turn travel as one where the protocol has a way for it (XML-RPC's `system.multicall`); each still gets its own answer or error. */
  readonly batch?: boolean;
  /** How many connections to spread calls over, at the most; 1 by default, and 16 over HTTP/1.1, where each carries one call at a time. */
  readonly connections?: number;
  /** An attempt to connect fails after so long; 20 s by default. */
  readonly connectTimeoutMs?: number;
  /** How TLS is spoken, where the URL says `+tls`. */
  readonly tls?: TlsClientOptions;
  /** A connection without calls is closed after so long, and made again by the next call; 15 min by default. */
  readonly idleConnectionTimeoutMs?: number;
  /** Calls wait for a connection until their deadline, where they would otherwise fail at once as `unavailable`; each may say otherwise. */
  readonly waitForReady?: boolean;
  /** Hears, in sentences, what a person should know; by default nobody does, since every call hears its own errors. */
  readonly log?: (message: string) => void;
}

/**
 * Makes a client of a contract, or of a protobuf service's descriptor: `connect(Greeter, "frame://127.0.0.1:8080")`. Connections are made when
 * calls need them, and again after a loss.
 * Throws a TypeError for a URL that cannot be called.
 */
export function connect<S extends Contract>(service: S, url: string, options?: ConnectOptions): Client<S>;
/**
 * Makes a client of plain functions, by the type alone: `connect<typeof math>("math", "frame://127.0.0.1:8080")`.
 * The name "" calls methods by their bare names, as servers other than callwire want them.
 */
export function connect<F = Record<string, (...args: unknown[]) => unknown>>(
  service: string,
  url: string,
  options?: ConnectOptions,
): FunctionsClient<F>;
export function connect(contract: Contract | string, url: string, options: ConnectOptions = {}): unknown {
  const { wire, url: target, http, batching: how, bytes, attachable, dial } = destinationOf(url, options.tls);
  const log = options.log ?? ((): void => {});
  const pool = new Pool(
    {
      wire,
      url: target,
      dial,
      session: sessionOptions(options, { http, log }),
      connectTimeoutMs: options.connectTimeoutMs ?? 20_000,
      idleTimeoutMs: options.idleConnectionTimeoutMs ?? 900_000,
      counters: newCounters(),
      log,
    },
    options.connections ?? CONNECTIONS[wire.shares],
  );
  return madeClient(typeof contract === "string" ? contract : serviceOf(contract), {
    dispatch: options.batch === true && how !== undefined ? batching(pool.dispatch, how) : pool.dispatch,
    codecsFor,
    codecs: !bytes ? ["value"] : options.useBinaryFormat === false ? ["json"] : ["proto", "json"],
    peer: { address: url },
    interceptors: options.interceptors,
    defaultTimeoutMs: options.defaultTimeoutMs,
    waitForReady: options.waitForReady,
    ambient,
    forwardHeaders: options.forwardHeaders,
    attachable,
    close: () => pool.close(),
  });
}

/** What a client's sessions are told. */
function sessionOptions(
  options: ConnectOptions,
  { http, log }: { readonly http: HttpTarget; readonly log: (message: string) => void },
): Omit<SessionOptions, "peer"> {
  const { byteOrder, framing, gzip, grpcweb, xmlrpc, baidu, compressMinBytes, useHttpGet } = options;
  return {
    limits: { ...DEFAULT_LIMITS, ...given(options) },
    byteOrder,
    framing,
    gzip,
    grpcweb,
    xmlrpc,
    baidu,
    http,
    sendCompression: checkedCoding(options.sendCompression),
    compressMinBytes,
    useHttpGet,
    pings: pingsOf(options, log),
  };
}

function given(options: ConnectOptions): Partial<Limits> {
  const names = ["maxMessageBytes", "maxHeaderBytes", "maxDepth", "maxConcurrentCalls", "requestTimeoutMs"] as const;
  return Object.fromEntries(names.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])));
}
