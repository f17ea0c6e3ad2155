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
import { type ProtocolEntry, protocolsNamed } from "./protocols.js";
import { detectHttp2 } from "./transports/http2/detect-http2.js";
import { detectHttp1 } from "./transports/http1/detect-http1.js";
import type { TlsServerOptions } from "./transports/tls-options.js";
import { DETECT_MS } from "./terminator-for.js";
import type { TlsTerminator } from "./transports/tls-terminator.js";
import { frame } from "./wires/frame/wire.js";
import type { HttpServerWire } from "./wires/http.js";
import { DEFAULT_LIMITS } from "./wires/limits.js";
import type { BaiduOptions, Limits, Protocol, ServerWire, SessionOptions } from "./wires/wire.js";
import type { ServerEntry } from "./link/later.js";

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
    wires: serverWires(protocolsNamed(options.wires)),
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

/** What connections may speak, in the order in which they are asked about the first bytes: HTTP, then what has connections of its own. */
function serverWires(protocols: readonly ProtocolEntry[]): readonly ServerEntry[] {
  const streams = protocols.flatMap((entry): readonly ServerEntry[] => {
    const { name, detect, load } = entry;
    if (name === frame.name) return [frame];
    return detect === undefined ? [] : [{ name, detect, load: async () => streamOf(await load()) }];
  });
  if (!protocols.some(({ http }) => http === true)) return streams;
  return [
    { name: "http2", detect: detectHttp2, load: () => overHttp2(protocols) },
    { name: "http", detect: detectHttp1, load: () => overHttp1(protocols) },
    ...streams,
  ];
}

function streamOf({ name, stream }: Protocol): ServerWire {
  if (stream === undefined) throw new Error(`Wire ${name} has no connections of its own.`);
  return stream;
}

/** Loads all that is answered over HTTP/2. */
async function overHttp2(entries: readonly ProtocolEntry[]): Promise<ServerWire> {
  const [{ http2Serving }, protocols, page] = await Promise.all([
    import("./link/http2.js"),
    loaded(entries),
    pageFor(entries),
  ]);
  return http2Serving([...protocols.flatMap(({ http }) => http ?? []), page]);
}

/** Loads all that is answered over HTTP/1.1. */
async function overHttp1(entries: readonly ProtocolEntry[]): Promise<ServerWire> {
  const [{ httpServing }, protocols, page] = await Promise.all([
    import("./link/http-serving.js"),
    loaded(entries.filter(({ http2 }) => http2 !== true)),
    pageFor(entries),
  ]);
  const messages = protocols.find((protocol) => protocol.messages !== undefined);
  return httpServing({ wires: [...protocols.flatMap(({ http }) => http ?? []), page], messages });
}

function loaded(entries: readonly ProtocolEntry[]): Promise<readonly Protocol[]> {
  return Promise.all(entries.filter(({ http }) => http === true).map((entry) => entry.load()));
}

async function pageFor(entries: readonly ProtocolEntry[]): Promise<HttpServerWire> {
  const { pageOf } = await import("./wires/page/wire.js");
  return pageOf(entries.map(({ name }) => name));
}

function reportOf(error: unknown, method: MethodInfo): string {
  return `Method ${method.path} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}
