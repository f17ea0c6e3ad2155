import type { Dispatch } from "../../call/sink.js";
import { compressionOf } from "../compression.js";
import type { HttpServe } from "../http.js";
import type { SessionOptions } from "../wire.js";
import { requestHead } from "./request-head.js";
import { StreamCall } from "./stream-call.js";
import { UnaryCall } from "./unary-call.js";

/** Makes what answers Connect's requests on one connection. */
export function connectServer(dispatch: Dispatch, options: SessionOptions): HttpServe {
  const { peer, codings = {}, limits } = options;
  const { maxMessageBytes } = limits;
  const rules = { peer, codings, compression: compressionOf(options) };
  const shared = { dispatch, maxMessageBytes };
  return (request, out) => {
    const head = requestHead(request, rules);
    if (head.form === "unary") return new UnaryCall(out, head, shared);
    const call = new StreamCall(out, head, maxMessageBytes);
    call.open(dispatch);
    return call;
  };
}
