import { ambient } from "./ambient.js";
import type { BuiltInOptions } from "./built-ins.js";
import type { Codec } from "./call/codec.js";
import type { Interceptor } from "./call/handler.js";
import { checkedCoding } from "./checked-coding.js";
import { introspection } from "./call/introspection.js";
import { makeRoutes } from "./call/routes.js";
import { serve as dispatchTo } from "./call/serve.js";
import type { MethodInfo } from "./contract/call.js";
import type { Implementation } from "./contract/implement.js";
import type { Host } from "./link/connections.js";
import { newCounters } from "./link/counters.js";
import { keepaliveOf, type KeepaliveOptions } from "./link/keepalive.js";
import { protocolsNamed } from "./protocols.js";
import { serverWires } from "./server-wires.js";
import type { TlsServerOptions } from "./transports/tls-options.js";
import { DETECT_MS } from "./terminator-for.js";
import type { TlsTerminator } from "./transports/tls-terminator.js";
import { DEFAULT_LIMITS } from "./wires/limits.js";
import type { BaiduOptions, Limits, SessionOptions } from "./wires/wire.js";

/** The options of a server that are plain data, and so reach its workers. Everything has a default. */
export interface PlainOptions
  extends
    Partial<Limits>,
    KeepaliveOptions,
    BuiltInOptions,
    Pick<SessionOptions, "xmlrpc" | "allowedOrigins" | "compressMinBytes"> {
  /** How long messages of answers are compressed (`gzip`, `deflate`, `br`, with newer nodes `zstd`) for callers who read that; by default they are not. */
  readonly sendCompression?: string;
  /** The certificate and key of a server that speaks TLS, with those who want to; at `tls://` addresses with all. */
  readonly tls?: TlsServerOptions;
  /** The wires to answer, by name; all of them by default. */
  readonly wires?: readonly string[];
  /** Validates what methods answer: on unless NODE_ENV is `production`. */
  readonly validateOutput?: boolean;
  /** Calls made inside a method find it by themselves (AsyncLocalStorage), with its deadline and cancellation. Off: only by `parent`. */
  readonly propagate?: boolean;
  /** Callers may read the message of errors that are no RpcError. */
  readonly exposeErrors?: boolean;
  /** The longest time that a caller may ask for, in ms; also the limit of calls that name none. */
  readonly maxTimeoutMs?: number;
  /** A connection that says nothing at all for so long is closed: 60 s, and 10 s under models whose connections have a place of their own each. */
  readonly firstByteTimeoutMs?: number;
  /** A connection that has begun, and not shown what it speaks after so long, is closed; TLS has as long for its handshake. 10 s. */
  readonly detectTimeoutMs?: number;
  /** How answers travel on the wire baidu. `authenticate` is a function, which models with workers cannot be given. */
  readonly baidu?: Omit<BaiduOptions, "authentication"> | undefined;
  /** A connection without calls that says nothing for so long is closed. */
  readonly idleTimeoutMs?: number;
  /** A connection that is so old takes no more calls and is closed, a tenth earlier or later by chance; without it they live on. */
  readonly maxConnectionAgeMs?: number;
  /** Its open calls may go on for so long; without it, for as long as they take. */
  readonly maxConnectionAgeGraceMs?: number;
}

/** What is served: the code, and what stands around it. */
export interface Served {
  readonly services: readonly Implementation[];
  /** Those that the server has of itself, but for introspection. */
  readonly builtIns: readonly Implementation[];
  readonly interceptors: readonly Interceptor[];
  /** What codecsFor() has for the services. */
  readonly codecs: readonly Codec[];
  /** What terminatorFor() has made of the options. */
  readonly tls: TlsTerminator | undefined;
}

/** Makes what connections are served with, in this thread. Throws a TypeError for services or options that cannot be. */
export function hostOf(served: Served, options: PlainOptions, log: (message: string) => void): Host {
  const routes = makeRoutes([...served.services, introspection(served.services), ...served.builtIns], {
    codecs: served.codecs,
    interceptors: served.interceptors,
    checkOutput: options.validateOutput ?? process.env["NODE_ENV"] !== "production",
  });
  const dispatch = dispatchTo(routes, {
    ambient: options.propagate === false ? undefined : ambient,
    exposeErrors: options.exposeErrors,
    maxTimeoutMs: options.maxTimeoutMs,
    report: (error, method) => log(reportOf(error, method)),
  });
  return {
    wires: serverWires(protocolsNamed(options.wires), log),
    dispatch,
    session: {
      xmlrpc: options.xmlrpc,
      baidu: options.baidu,
      allowedOrigins: options.allowedOrigins,
      sendCompression: checkedCoding(options.sendCompression),
      compressMinBytes: options.compressMinBytes,
      keepalive: keepaliveOf(options),
    },
    tls: served.tls,
    counters: newCounters(),
    log,
    limits: limitsOf(options),
    firstByteTimeoutMs: options.firstByteTimeoutMs,
    detectTimeoutMs: options.detectTimeoutMs ?? DETECT_MS,
    idleTimeoutMs: options.idleTimeoutMs ?? 3_600_000,
    maxAgeMs: options.maxConnectionAgeMs,
    maxAgeGraceMs: options.maxConnectionAgeGraceMs ?? Number.POSITIVE_INFINITY,
  };
}

/** Where a server's messages go unless its user says otherwise. */
export function logToStderr(message: string): void {
  process.stderr.write(`callwire: ${message}\n`);
}

function limitsOf(options: PlainOptions): Limits {
  return {
    maxMessageBytes: options.maxMessageBytes ?? DEFAULT_LIMITS.maxMessageBytes,
    maxHeaderBytes: options.maxHeaderBytes ?? DEFAULT_LIMITS.maxHeaderBytes,
    maxDepth: options.maxDepth ?? DEFAULT_LIMITS.maxDepth,
    maxConcurrentCalls: options.maxConcurrentCalls ?? DEFAULT_LIMITS.maxConcurrentCalls,
    requestTimeoutMs: options.requestTimeoutMs ?? DEFAULT_LIMITS.requestTimeoutMs,
  };
}

function reportOf(error: unknown, method: MethodInfo): string {
  return `Method ${method.path} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}
