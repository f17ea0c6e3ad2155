import type { ServicesByName } from "./contract/descriptor-set.js";
import { reflect, type ReflectOptions } from "./reflect.js";

/** How services are loaded from a server. */
export interface LoadReflectedOptions extends ReflectOptions {
  /** The full names of those that are wanted; by default all, but for those that the server lists and cannot describe. */
  readonly services?: readonly string[] | undefined;
}

/**
 * Loads the services of a gRPC server by reflection, by their full names, for connect(): `(await loadReflected("grpc://127.0.0.1:8080"))["echo.v1.EchoService"]`.
 * Rejects with an RpcError: `unimplemented` where the server has no reflection, `not_found` where it does not know a service that is wanted.
 */
export async function loadReflected(url: string, options: LoadReflectedOptions = {}): Promise<ServicesByName> {
  return await reflect(url, options, async (files) => {
    const names = options.services ?? (await files.services());
    const unknown = await Promise.all(names.map((name) => files.declaring(name)));
    const error = unknown.find((each) => each !== undefined);
    if (error !== undefined && options.services !== undefined) throw error;
    const registry = await files.registry();
    return Object.fromEntries(
      names.flatMap((name) => {
        const service = registry.getService(name);
        return service === undefined ? [] : [[name, service] as const];
      }),
    );
  });
}
