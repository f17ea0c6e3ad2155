import type { Interceptor } from "./call/handler.js";
import type { Client, FunctionsClient } from "./contract/infer.js";
import { type Contract, serviceOf } from "./contract/proto-service.js";
import { valueOfCallers } from "./codecs/value-of-callers.js";
import { codecsWith } from "./codecs-with.js";
import { madeClient } from "./made-client.js";
import type { FetchTarget } from "./web/fetch-exchange.js";
import type { WebSocketMaker } from "./web/web-socket-like.js";
import { webDestination } from "./web-destination.js";
import { DEFAULT_LIMITS } from "./wires/limits.js";
import type { SessionOptions } from "./wires/wire.js";

export type { Handler, Interceptor } from "./call/handler.js";
export { RpcError } from "./call/rpc-error.js";
export type { Code } from "./call/code.js";
export type { Call, CallOptions, MethodInfo, Shape } from "./contract/call.js";
export type { Client, FunctionsClient } from "./contract/infer.js";
export { withOptions } from "./made-client.js";

const codecsFor = codecsWith(valueOfCallers);

/** How a client in a page calls. Everything has a default. */
export interface WebConnectOptions
  extends Partial<Pick<FetchTarget, "credentials" | "fetch">>, Pick<SessionOptions, "grpcweb" | "useHttpGet"> {
  /** Messages of protobuf services are bytes in its own format; false: they are JSON. */
  readonly useBinaryFormat?: boolean;
  /** Around every call, the first outermost. */
  readonly interceptors?: readonly Interceptor[];
  /** The limit of calls that name none, in ms; without it they wait for as long as it takes. */
  readonly defaultTimeoutMs?: number;
  /** Bytes of one message that is taken; 4 MiB by default. */
  readonly maxMessageBytes?: number;
  /** An attempt to open a WebSocket fails after so long; 20 s by default. */
  readonly connectTimeoutMs?: number;
  /** Names of the headers that pass from a `parent` call; trace context by default. */
  readonly forwardHeaders?: readonly string[];
  /** What opens WebSockets; the platform's `WebSocket` by default. */
  readonly webSocket?: WebSocketMaker;
}

/**
 * Makes a client for pages and workers of browsers: `connect(Greeter, location.origin)`. It needs nothing of node.
 * Throws a TypeError for a URL that a page cannot call.
 */
export function connect<S extends Contract>(service: S, url: string, options?: WebConnectOptions): Client<S>;
/** Makes a client of plain functions, by the type alone: `connect<typeof math>("math", location.origin)`. */
export function connect<F = Record<string, (...args: unknown[]) => unknown>>(
  service: string,
  url: string,
  options?: WebConnectOptions,
): FunctionsClient<F>;
export function connect(contract: Contract | string, url: string, options: WebConnectOptions = {}): unknown {
  const { bytes, open } = webDestination(url);
  const { maxMessageBytes = DEFAULT_LIMITS.maxMessageBytes } = options;
  const { dispatch, close } = open({
    session: {
      limits: { ...DEFAULT_LIMITS, maxMessageBytes },
      grpcweb: options.grpcweb,
      useHttpGet: options.useHttpGet,
    },
    fetch: options.fetch ?? globalThis.fetch,
    credentials: options.credentials,
    webSocket: options.webSocket ?? globalThis.WebSocket,
    connectTimeoutMs: options.connectTimeoutMs ?? 20_000,
  });
  return madeClient(typeof contract === "string" ? contract : serviceOf(contract), {
    dispatch,
    codecsFor,
    codecs: !bytes ? ["value"] : options.useBinaryFormat === false ? ["json"] : ["proto", "json"],
    peer: { address: url },
    interceptors: options.interceptors,
    defaultTimeoutMs: options.defaultTimeoutMs,
    forwardHeaders: options.forwardHeaders,
    close: () => Promise.resolve(close()),
  });
}
