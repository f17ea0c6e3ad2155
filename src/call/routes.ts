import type { MethodInfo } from "../contract/call.js";
import type { Implementation } from "../contract/implement.js";
import type { Method } from "../contract/method.js";
import { isBuiltIn } from "./built-in.js";
import type { Codec, MethodCodec } from "./codec.js";
import { fold, type Handler, type Interceptor } from "./handler.js";
import { methodHandler } from "./method-handler.js";
import { failure, type Status } from "./status.js";

/** Everything about one method that can be worked out before its first call. */
export interface Route {
  readonly info: MethodInfo;
  /** Another name for it: what a protobuf method is called in JavaScript. */
  readonly alias?: string | undefined;
  /** The name that its answers carry on wires which name them. */
  readonly out: string;
  /** The method, validation and all interceptors, folded into one function. */
  readonly handler: Handler;
  readonly codecs: ReadonlyMap<string, MethodCodec>;
  /** Its calls have no side effects. */
  readonly safe: boolean;
}

/** How routes are made. */
export interface RoutesOptions {
  readonly codecs: readonly Codec[];
  /** Around every method, the first outermost. */
  readonly interceptors?: readonly Interceptor[];
  /** Validates what methods answer. */
  readonly checkOutput?: boolean;
}

/**
 * The methods of a server by every name that callers may use: `service/method`, `service.method`, and `method` where only one service has it;
 * protobuf methods by their own names and by those that they have in JavaScript, services without their package (`Greeter/hello`) where only one is called so.
 */
export class Routes {
  readonly #named: Map<string, Route> = new Map();
  readonly #bare: Map<string, Route[]> = new Map();
  /** Asked last, so that a protobuf method takes no name from anybody who is called just that. */
  readonly #aliases: Map<string, Route[]> = new Map();

  /** The route of a name, or the error to answer: `unimplemented` for an unknown name, `invalid_argument` for one that several services have. */
  find(path: string): Route | Status {
    const name = path.startsWith("/") ? path.slice(1) : path;
    const route = this.#named.get(name);
    if (route !== undefined) return route;
    const routes = this.#bare.get(name) ?? this.#aliases.get(name);
    if (routes === undefined) {
      const message = `Unknown method ${JSON.stringify(path)}: ask callwire.Introspection/services what there is.`;
      return { ...failure("unimplemented", message), absent: true };
    }
    if (routes.length === 1 && routes[0] !== undefined) return routes[0];
    const names = routes.map(({ info }) => `${info.service}.${info.name}`).join(", ");
    return failure("invalid_argument", `Several services have a method ${JSON.stringify(path)}: call one of ${names}.`);
  }

  /** Adds a route under its names; without the bare one if `full`. */
  add(route: Route, full = false): void {
    const { service, name, path } = route.info;
    const { alias = name } = route;
    this.#named.set(path, route).set(`${service}.${name}`, route);
    this.#named.set(`${service}/${alias}`, route).set(`${service}.${alias}`, route);
    if (full) return;
    this.#bare.set(name, [...(this.#bare.get(name) ?? []), route]);
    if (alias !== name) this.#alias(alias, route);
    const short = service.slice(service.lastIndexOf(".") + 1);
    if (short !== service) for (const own of new Set([name, alias])) this.#alias(`${short}/${own}`, route);
  }

  #alias(name: string, route: Route): void {
    this.#aliases.set(name, [...(this.#aliases.get(name) ?? []), route]);
  }
}

/** Makes the routes of services. Built-in ones answer to full names only. Throws a TypeError where two have one name. */
export function makeRoutes(implementations: readonly Implementation[], options: RoutesOptions): Routes {
  const routes = new Routes();
  const names = new Set<string>();
  for (const implementation of implementations) {
    const { service } = implementation;
    if (names.has(service.name)) throw new TypeError(`Two services are named ${service.name}: rename one.`);
    names.add(service.name);
    for (const [key, method] of Object.entries(service.methods)) {
      const name = method.proto?.name ?? key;
      const info = { service: service.name, name, path: `${service.name}/${name}`, shape: method.shape };
      const handler = fold(
        options.interceptors ?? [],
        methodHandler(implementation, key, options.checkOutput ?? false),
      );
      const codecs = boundCodecs(options.codecs, method);
      const route = { info, alias: key, out: method.out ?? name, handler, codecs, safe: method.noSideEffects === true };
      routes.add(route, isBuiltIn(service.name));
    }
  }
  return routes;
}

function boundCodecs(codecs: readonly Codec[], method: Method): ReadonlyMap<string, MethodCodec> {
  const bound = new Map<string, MethodCodec>();
  for (const codec of codecs) {
    const made = codec.bind(method);
    if (made !== undefined) bound.set(codec.name, made);
  }
  return bound;
}
