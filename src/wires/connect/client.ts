import type { Dispatch } from "../../call/sink.js";
import type { HttpAsk } from "../http.js";
import type { SessionOptions } from "../wire.js";
import { byShape } from "./by-shape.js";
import { sharedOf } from "./request.js";
import { StreamAsking } from "./stream-asking.js";

/** Makes a Dispatch of a connection: each call is a request. */
export function connectClient(ask: HttpAsk, options: SessionOptions): Dispatch {
  const shared = sharedOf(ask, options);
  return byShape(shared, (head, reply) => new StreamAsking(shared, head, reply));
}
