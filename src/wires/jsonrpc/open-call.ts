import type { Dispatch } from "../../call/sink.js";
import { failure, OK } from "../../call/status.js";
import type { Answer } from "./answer.js";
import { CONTROLS } from "./controls.js";
import { discover } from "./discover.js";
import type { Request } from "./envelope.js";
import type { Heads } from "./heads.js";
import { protocolError } from "./status.js";

/** What calls are opened with. */
export interface OpenCallOptions {
  readonly dispatch: Dispatch;
  readonly heads: Heads;
  readonly maxHeaderBytes: number;
}

/**
 * Opens the call of a request, which may be over when this returns. Methods that begin with `rpc.` are the protocol's own
 * (JSON-RPC 2.0 §8). True: the method takes no more of its input for now, until the answer is told to `drain`.
 */
export function openCall(request: Request, answer: Answer, options: OpenCallOptions): boolean {
  const { method, params, more } = request;
  if (method.startsWith("rpc.")) {
    openOwn(method, answer, options);
    return false;
  }
  const { single } = answer;
  if (more === true && single !== undefined) {
    answer.end(failure("unimplemented", `A request with "more" is a stream: ${single}.`));
    return false;
  }
  const head = options.heads.of(request);
  if (head === undefined) {
    const limit = options.maxHeaderBytes;
    answer.end(failure("resource_exhausted", `"headers" may have ${limit} bytes, and these have more.`));
    return false;
  }
  answer.positional = head.positional;
  answer.request = options.dispatch(head, answer);
  if (more === true) return params !== undefined && !answer.request.message(params) && !answer.ended;
  answer.heardAll = true;
  answer.request.end(OK, params);
  return false;
}

function openOwn(method: string, answer: Answer, { dispatch, heads }: OpenCallOptions): void {
  answer.heardAll = true;
  const name = JSON.stringify(method);
  if (method === "rpc.discover") discover(answer, { dispatch, heads });
  else if (CONTROLS.has(method))
    answer.end(protocolError(-32600, `${name} is a notification: send it without an "id".`));
  else answer.end(failure("unimplemented", `Unknown method ${name}: ask rpc.discover what there is.`));
}
