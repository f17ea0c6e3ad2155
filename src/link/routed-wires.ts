import type { Dispatch } from "../call/sink.js";
import { decodingServer } from "../transports/http-coding.js";
import { limitedServer } from "../transports/http-limit.js";
import { MESSAGE_CODINGS } from "../transports/message-codings.js";
import type { HttpServerWire } from "../wires/http.js";
import type { SessionOptions } from "../wires/wire.js";
import type { Routed } from "./http-router.js";

/** What the wires of a connection answer with. */
export interface RoutedParts {
  readonly dispatch: Dispatch;
  readonly options: SessionOptions;
  /** The transport puts no limit on bodies: wires of single messages get one here. */
  readonly unlimited: boolean;
}

/** Makes wires ready to answer on one connection, each with the content coding and the limit that it does not have itself. */
export function routedWires(wires: readonly HttpServerWire[], parts: RoutedParts): readonly Routed[] {
  const { dispatch, unlimited } = parts;
  const options: SessionOptions = { ...parts.options, codings: MESSAGE_CODINGS };
  const { maxMessageBytes } = options.limits;
  return wires.map((wire) => {
    const { name, routes, streams, ownCodings } = wire;
    const serve = wire.server(dispatch, options);
    const bounded = unlimited && !streams ? limitedServer(serve, { maxMessageBytes }) : serve;
    return { name, routes, serve: ownCodings === true ? bounded : decodingServer(bounded, { maxMessageBytes }) };
  });
}
