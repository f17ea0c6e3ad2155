import type { MethodDescription, ServiceInfo } from "../../call/introspection.js";

/**
 * The names of the unary methods of services, sorted: `service.method`, and `method` where one service only has it.
 * Those of callwire's own services are left out; `others` are added.
 */
export function methodNames(services: readonly ServiceInfo[], others: readonly string[]): readonly string[] {
  const counts = bareNames(services);
  const names = users(services).flatMap(({ name, methods }) =>
    methods
      .filter(({ shape }) => shape === "unary")
      .flatMap((method) => [`${name}.${method.name}`, ...(counts.get(method.name) === 1 ? [method.name] : [])]),
  );
  return [...names, ...others].toSorted();
}

/** The method that a caller means by a name; undefined: there is none, or there are several. */
export function findMethod(services: readonly ServiceInfo[], path: string): MethodDescription | undefined {
  for (const { name, methods } of services) {
    const found = methods.find((method) => path === `${name}.${method.name}` || path === `${name}/${method.name}`);
    if (found !== undefined) return found;
  }
  if (bareNames(services).get(path) !== 1) return undefined;
  return users(services)
    .flatMap(({ methods }) => methods)
    .find(({ name }) => name === path);
}

/** How many services have a method of each name. */
function bareNames(services: readonly ServiceInfo[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { methods } of users(services)) {
    for (const { name } of methods) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

function users(services: readonly ServiceInfo[]): readonly ServiceInfo[] {
  return services.filter(({ name }) => !name.startsWith("callwire."));
}
