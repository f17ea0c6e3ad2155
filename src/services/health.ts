import { RpcError } from "../call/rpc-error.js";
import type { Call } from "../contract/call.js";
import { implement, type Implementation } from "../contract/implement.js";
import { Health, HealthCheckResponse_ServingStatus as Status } from "./gen/grpc/health/v1/health_pb.js";
import type { HealthBoard } from "./health-board.js";

/**
 * Makes `grpc.health.v1.Health`, which tells what the board says (https://github.com/grpc/grpc/blob/master/doc/health-checking.md).
 * A watch ends with its caller, or as `unavailable` when the server drains, so that it holds nobody up.
 */
export function health(board: HealthBoard): Implementation {
  return implement(Health, {
    check: ({ service }) => ({ status: known(board, service) }),
    list: () => ({ statuses: Object.fromEntries(board.names().map((name) => [name, { status: known(board, name) }])) }),
    watch: ({ service }, call) => watched(board, service, call),
  });
}

function known(board: HealthBoard, service: string): Status {
  const status = board.statusOf(service);
  if (status !== undefined) return Status[status];
  throw new RpcError("not_found", `There is no service ${JSON.stringify(service)}: ask List for those that there are.`);
}

/** How a service is, whenever that has changed. Changes while nobody reads are told as the last of them. */
async function* watched(
  board: HealthBoard,
  service: string,
  { signal }: Call,
): AsyncGenerator<{ status: Status }, void, undefined> {
  let wake: (() => void) | undefined;
  const changed = (): void => wake?.();
  const unlisten = board.listen(changed);
  signal.addEventListener("abort", changed);
  let said: Status | undefined;
  try {
    while (!signal.aborted) {
      const status = Status[board.statusOf(service) ?? "SERVICE_UNKNOWN"];
      if (status !== said) {
        said = status;
        yield { status };
      } else if (board.draining) throw new RpcError("unavailable", "The server is shutting down.");
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
  } finally {
    unlisten();
    signal.removeEventListener("abort", changed);
  }
}
