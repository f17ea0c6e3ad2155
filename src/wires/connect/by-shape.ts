import type { Dispatch } from "../../call/sink.js";
import type { Shared } from "./request.js";
import { UnaryAsking } from "./unary-asking.js";

/**
 * Makes a Dispatch of a connection, where calls with streams are made by another: a page loads what those need when the first is made, and does not
 * load what this file does not import.
 */
export function byShape(shared: Shared, streams: Dispatch): Dispatch {
  return (head, reply) => {
    const { shape } = head;
    return shape === undefined || shape === "unary" ? new UnaryAsking(shared, head, reply) : streams(head, reply);
  };
}
