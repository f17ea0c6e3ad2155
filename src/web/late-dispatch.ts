import type { Dispatch } from "../call/sink.js";
import { failure } from "../call/status.js";
import { WaitingCall } from "../link/waiting-call.js";

/**
 * A Dispatch that stands in for one whose code is still being loaded: `load` is asked for it at the first call. Calls made meanwhile wait, and
 * end as `unavailable` where it cannot be loaded; then the next call tries again.
 */
export function lateDispatch(load: () => Promise<Dispatch>): Dispatch {
  let ready: Dispatch | undefined;
  let loading: Promise<void> | undefined;
  return (head, reply) => {
    if (ready !== undefined) return ready(head, reply);
    const call = new WaitingCall(head, reply, () => {});
    loading ??= load().then(
      (dispatch) => {
        ready = dispatch;
      },
      (error: unknown) => {
        loading = undefined;
        throw error;
      },
    );
    loading.then(
      () => {
        if (ready !== undefined && !call.over) call.go(ready);
      },
      (error: unknown) => {
        if (!call.over)
          call.fail(failure("unavailable", `The code that makes this call cannot be loaded: ${String(error)}`));
      },
    );
    return call;
  };
}
