import type { Dispatch } from "../call/sink.js";
import { statusOf } from "../link/status-of.js";
import { WaitingCall } from "../link/waiting-call.js";

/**
 * A Dispatch that stands in for one whose code is still being loaded: `load` is asked for it at the first call. Calls made meanwhile wait, and
 * end as `unavailable` where it cannot be loaded; then the next call tries again.
 */
export function lateDispatch(load: () => Promise<Dispatch>): Dispatch {
  let ready: Dispatch | undefined;
  let waiting: WaitingCall[] | undefined;
  const begin = (calls: WaitingCall[]): void => {
    const each = (told: (call: WaitingCall) => void): void => {
      waiting = undefined;
      for (const call of calls) if (!call.over) told(call);
    };
    load().then(
      (dispatch) => {
        ready = dispatch;
        each((call) => call.go(dispatch));
      },
      (error: unknown) => {
        const status = statusOf("unavailable", `The code that makes this call cannot be loaded: ${String(error)}`);
        each((call) => call.fail(status));
      },
    );
  };
  return (head, reply) => {
    if (ready !== undefined) return ready(head, reply);
    const call = new WaitingCall(head, reply, () => {});
    if (waiting === undefined) begin((waiting = []));
    waiting.push(call);
    return call;
  };
}
