import type { Implementation } from "./contract/implement.js";
import { descriptorOf } from "./contract/proto-service.js";
import { HEALTH, HealthBoard } from "./services/health-board.js";

/** Which of the services that callers of gRPC expect a server has, where it has a protobuf service at all. */
export interface BuiltInOptions {
  /** `grpc.health.v1.Health`; on by default. */
  readonly health?: boolean;
  /** `grpc.reflection.v1.ServerReflection` and its `v1alpha`; on by default. */
  readonly reflection?: boolean;
}

/** The services that a server has of itself. */
export interface BuiltIns {
  readonly services: readonly Implementation[];
  /** What the health service tells; undefined where there is none. */
  readonly board: HealthBoard | undefined;
}

/**
 * Makes the services that a server has of itself besides introspection: none where it has no protobuf service, so that the library need not be loaded. One
 * that the user has a service of the same name for is left to the user.
 */
export async function builtInsFor(
  implementations: readonly Implementation[],
  options: BuiltInOptions,
): Promise<BuiltIns> {
  if (!implementations.some(({ service }) => descriptorOf(service) !== undefined))
    return { services: [], board: undefined };
  const names = implementations.map(({ service }) => service.name);
  const board = options.health === false || names.includes(HEALTH) ? undefined : new HealthBoard(names);
  const own = board === undefined ? [] : [(await import("./services/health.js")).health(board)];
  if (options.reflection === false) return { services: own, board };
  const { reflection } = await import("./services/reflection.js");
  const reflecting = reflection([...implementations, ...own].flatMap(({ service }) => descriptorOf(service) ?? []));
  return { services: [...own, ...reflecting.filter(({ service }) => !names.includes(service.name))], board };
}
