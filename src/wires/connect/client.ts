import { type CallHead, DEAF, type Dispatch } from "../../call/sink.js";
import { failure } from "../../call/status.js";
import type { HttpAsk } from "../http.js";
import type { SessionOptions } from "../wire.js";
import { sharedOf } from "./request.js";
import { StreamAsking } from "./stream-asking.js";
import { UnaryAsking } from "./unary-asking.js";

/** Makes a Dispatch of a connection: each call is a request. */
export function connectClient(ask: HttpAsk, options: SessionOptions): Dispatch {
  const shared = sharedOf(ask, options);
  return (head, reply) => {
    if (!isWhole(head)) {
      const message = `Connect calls methods by their service: write SERVICE/${head.path}, not ${JSON.stringify(head.path)}.`;
      reply.end(failure("invalid_argument", message));
      return DEAF;
    }
    const { shape } = head;
    const isUnary = shape === undefined || shape === "unary";
    return isUnary ? new UnaryAsking(shared, head, reply) : new StreamAsking(shared, head, reply);
  };
}

function isWhole({ path }: CallHead): boolean {
  return path.includes("/") || path.includes(".");
}
