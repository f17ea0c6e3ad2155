import type { MethodInfo } from "../contract/call.js";
import type { Implementation } from "../contract/implement.js";
import type { Codec, MethodCodec } from "./codec.js";
import { fold, type Handler, type Interceptor } from "./handler.js";
import { methodHandler } from "./method-handler.js";
import { failure, type Status } from "./status.js";

/** Everything about one method that can be worked out before its first call. */
export interface Route {
  readonly info: MethodInfo;
  /** The name that its answers carry on wires which name them. */
  readonly out: string;
  /** The method, validation and all interceptors, folded into one function. */
  readonly handler: Handler;
  readonly codecs: ReadonlyMap<string, MethodCodec>;
}

/** How routes are made. */
export interface RoutesOptions {
  readonly codecs: readonly Codec[];
  /** Around every method, the first outermost. */
  readonly interceptors?: readonly Interceptor[];
  /** Validates what methods answer. */
  readonly checkOutput?: boolean;
}

/** The methods of a server by every name that callers may use: `service/method`, `service.method`, and `method` where only one service has it. */
export class Routes {
  readonly #named: Map<string, Route> = new Map();
  readonly #bare: Map<string, Route[]> = new Map();

  /** The route of a name, or the error to answer: `unimplemented` for an unknown name, `invalid_argument` for one that several services have. */
  find(path: string): Route | Status {
    const name = path.startsWith("/") ? path.slice(1) : path;
    const route = this.#named.get(name);
    if (route !== undefined) return route;
    const routes = this.#bare.get(name);
    if (routes === undefined) {
      return failure(
        "unimplemented",
        `Unknown method ${JSON.stringify(path)}: ask callwire.Introspection/services what there is.`,
      );
    }
    if (routes.length === 1 && routes[0] !== undefined) return routes[0];
    const names = routes.map(({ info }) => `${info.service}.${info.name}`).join(", ");
    return failure("invalid_argument", `Several services have a method ${JSON.stringify(path)}: call one of ${names}.`);
  }

  /** Adds a route under its names; without the bare one if `full`. */
  add(route: Route, full = false): void {
    const { service, name, path } = route.info;
    this.#named.set(path, route).set(`${service}.${name}`, route);
    if (!full) this.#bare.set(name, [...(this.#bare.get(name) ?? []), route]);
  }
}

/** Makes the routes of services. Those named `callwire.…` answer to full names only. Throws a TypeError where two have one name. */
export function makeRoutes(implementations: readonly Implementation[], options: RoutesOptions): Routes {
  const routes = new Routes();
  const names = new Set<string>();
  for (const implementation of implementations) {
    const { service } = implementation;
    if (names.has(service.name)) throw new TypeError(`Two services are named ${service.name}: rename one.`);
    names.add(service.name);
    for (const [name, method] of Object.entries(service.methods)) {
      const info = { service: service.name, name, path: `${service.name}/${name}`, shape: method.shape };
      const handler = fold(
        options.interceptors ?? [],
        methodHandler(implementation, name, options.checkOutput ?? false),
      );
      const codecs = new Map(options.codecs.map((codec) => [codec.name, codec.bind(method)]));
      routes.add({ info, out: method.out ?? name, handler, codecs }, service.name.startsWith("callwire."));
    }
  }
  return routes;
}
