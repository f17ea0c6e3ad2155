import { builtInsFor } from "./built-ins.js";
import type { Interceptor } from "./call/handler.js";
import { INTROSPECTION } from "./call/introspection.js";
import type { Implementation } from "./contract/implement.js";
import type { KeepaliveOptions } from "./link/keepalive.js";
import { isRouted } from "./link/http-router.js";
import { httpStack } from "./link/http-stack.js";
import { protocolsNamed } from "./protocols.js";
import { codecsFor } from "./service-codecs.js";
import { hostOf, logToStderr, type PlainOptions } from "./serving.js";
import type { HttpRequest, HttpServe, HttpServerWire } from "./wires/http.js";

/** How services are answered within somebody else's server. Everything has a default. */
export interface HandlerOptions extends Omit<
  PlainOptions,
  | "maxHeaderBytes"
  | "maxConcurrentCalls"
  | "requestTimeoutMs"
  | "firstByteTimeoutMs"
  | "detectTimeoutMs"
  | "idleTimeoutMs"
  | "maxConnectionAgeMs"
  | "maxConnectionAgeGraceMs"
  | "tls"
  | keyof KeepaliveOptions
> {
  /** Around every method, the first outermost. */
  readonly interceptors?: readonly Interceptor[];
  /** Hears, in sentences, what a person should know; by default they go to stderr. */
  readonly log?: (message: string) => void;
}

/** Services, ready to answer requests that somebody else reads. */
export interface Handling {
  /** Makes what answers the requests of one peer; with `http2`, those that need its trailers too. */
  serve(address: string, how: { readonly http2: boolean }): HttpServe;
  /** Whether a request is for these services; if not, it may be somebody else's. */
  isOurs(request: HttpRequest): boolean;
}

/** Makes services ready, and loads the wires that answer over HTTP. Rejects with a TypeError for services or options that cannot be. */
export async function handling(services: readonly Implementation[], options: HandlerOptions): Promise<Handling> {
  const entries = protocolsNamed(options.wires).filter(({ http }) => http !== undefined);
  const codecs = await codecsFor(services.map(({ service }) => service));
  const { interceptors = [], log = logToStderr, ...plain } = options;
  const { services: builtIns } = await builtInsFor(services, options);
  const { dispatch, session, limits } = hostOf(
    { services, builtIns, interceptors, codecs, tls: undefined },
    plain,
    log,
  );
  const protocols = await Promise.all(entries.map(async (entry) => ({ entry, protocol: await entry.load() })));
  const wires = protocols.flatMap(({ entry, protocol }) =>
    protocol.http === undefined ? [] : [{ wire: protocol.http, needsHttp2: entry.http2 === true }],
  );
  const some = wires.filter(({ needsHttp2 }) => !needsHttp2).map(({ wire }) => wire);
  const every = wires.map(({ wire }) => wire);
  const names = new Set([INTROSPECTION, ...[...services, ...builtIns].map(({ service }) => service.name)]);
  return {
    serve: (address, { http2 }) =>
      httpStack(http2 ? every : some, {
        dispatch,
        options: { ...session, limits, peer: { address } },
        unlimited: true,
        patient: http2,
      }),
    isOurs: (request) => isOurs(every, names, request),
  };
}

/** A path that a wire has for itself is its own; another is one of ours where it names a service. */
function isOurs(wires: readonly HttpServerWire[], services: ReadonlySet<string>, request: HttpRequest): boolean {
  const { path, method } = request;
  const isNamed = wires.some(({ routes }) =>
    routes.some(({ paths }) => typeof paths !== "string" && paths.includes(path)),
  );
  if (!isNamed && !services.has(path.slice(1, path.lastIndexOf("/")))) return false;
  // Which of them a page may call is asked beforehand.
  return method === "OPTIONS" || isRouted(wires, request);
}
