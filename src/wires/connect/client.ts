import type { Dispatch } from "../../call/sink.js";
import type { HttpAsk } from "../http.js";
import type { SessionOptions } from "../wire.js";
import { sharedOf } from "./request.js";
import { StreamAsking } from "./stream-asking.js";
import { UnaryAsking } from "./unary-asking.js";

/** Makes a Dispatch of a connection: each call is a request. */
export function connectClient(ask: HttpAsk, options: SessionOptions): Dispatch {
  const shared = sharedOf(ask, options);
  return (head, reply) => {
    const { shape } = head;
    const isUnary = shape === undefined || shape === "unary";
    return isUnary ? new UnaryAsking(shared, head, reply) : new StreamAsking(shared, head, reply);
  };
}
