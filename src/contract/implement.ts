import type { Implementor } from "./infer.js";
import { type Contract, type ServiceOf, serviceOf } from "./proto-service.js";
import type { Service } from "./service.js";

/** A service together with the code that answers it: what `serve` takes. */
export interface Implementation<S extends Service = Service> {
  readonly "~callwire": "implementation";
  readonly service: S;
  /** The functions by method name, called as methods of this object. */
  readonly target: Readonly<Record<string, unknown>>;
}

/**
 * Gives a contract its code: an object, or an instance of a class, with one function for each method,
 * called with `(input, call)`. The contract is a service of ours or a protobuf service's descriptor, whose methods go by their names in
 * JavaScript (`sayHello`). Throws a TypeError that names each method without a function.
 */
export function implement<S extends Contract>(contract: S, methods: Implementor<S>): Implementation<ServiceOf<S>> {
  const service = serviceOf(contract);
  // Implementor<S> maps every method name to a function; only the names are used here.
  const target = methods as Readonly<Record<string, unknown>>;
  const missing = Object.keys(service.methods).filter((name) => typeof target[name] !== "function");
  if (missing.length > 0) {
    throw new TypeError(
      `Service ${service.name} lacks a function for: ${missing.join(", ")}. Add each to implement().`,
    );
  }
  return { "~callwire": "implementation", service, target };
}
