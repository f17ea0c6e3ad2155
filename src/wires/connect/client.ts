import type { CallHead, Dispatch } from "../../call/sink.js";
import { compressionOf } from "../compression.js";
import type { HttpAsk } from "../http.js";
import { KnownHeads } from "../known-heads.js";
import { secondTry } from "../second-try.js";
import type { SessionOptions } from "../wire.js";
import { byShape } from "./by-shape.js";
import { getRequest } from "./get-request.js";
import { sharedOf } from "./request.js";
import { StreamAsking } from "./stream-asking.js";

/** Makes a Dispatch of a connection: each call is a request. */
export function connectClient(ask: HttpAsk, options: SessionOptions): Dispatch {
  // What is called deflate is one thing or another, by whom one asks (RFC 9110 §8.4.1.2).
  const accepts = Object.keys(options.codings ?? {}).filter((name) => name !== "deflate");
  const get = options.useHttpGet === true ? getRequest : undefined;
  const shared = sharedOf(ask, options, {
    remember,
    accepts: accepts.length === 0 ? undefined : accepts.join(", "),
    compression: compressionOf(options),
    again: options.again === undefined ? undefined : (call) => secondTry(options, call),
    get,
  });
  return byShape(shared, (head, reply) => new StreamAsking(shared, head, reply));
}

function remember<T>(make: (head: CallHead) => T): (head: CallHead) => T {
  const known = new KnownHeads(make);
  return (head) => known.find(head);
}
