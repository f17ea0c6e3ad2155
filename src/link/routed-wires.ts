import type { Dispatch } from "../call/sink.js";
import { decodingServer } from "../transports/http-coding.js";
import { limitedServer } from "../transports/http-limit.js";
import { MESSAGE_CODINGS } from "../transports/message-codings.js";
import type { HttpServe, HttpServerWire } from "../wires/http.js";
import type { SessionOptions } from "../wires/wire.js";
import type { Routed } from "./http-router.js";

/** What the wires of a connection answer with. */
export interface RoutedParts {
  readonly dispatch: Dispatch;
  readonly options: SessionOptions;
  /** The transport puts no limit on bodies: wires of single messages get one here. */
  readonly unlimited: boolean;
}

/**
 * Makes wires ready to answer on one connection, each with the content coding and the limit that it does not have itself. Most connections speak one wire: what the
 * others would need is made when they are asked.
 */
export function routedWires(wires: readonly HttpServerWire[], parts: RoutedParts): readonly Routed[] {
  const options: SessionOptions = { ...parts.options, codings: MESSAGE_CODINGS };
  const own = { ...parts, options };
  return wires.map((wire) => new RoutedWire(wire, own));
}

/** One wire on one connection. */
class RoutedWire implements Routed {
  readonly #wire: HttpServerWire;
  readonly #parts: RoutedParts;
  #serve: HttpServe | undefined = undefined;

  constructor(wire: HttpServerWire, parts: RoutedParts) {
    this.#wire = wire;
    this.#parts = parts;
  }

  get name(): string {
    return this.#wire.name;
  }

  get routes(): HttpServerWire["routes"] {
    return this.#wire.routes;
  }

  get serve(): HttpServe {
    return (this.#serve ??= this.#made());
  }

  #made(): HttpServe {
    const { dispatch, options, unlimited } = this.#parts;
    const { maxMessageBytes } = options.limits;
    const serve = this.#wire.server(dispatch, options);
    const bounded = unlimited && !this.#wire.streams ? limitedServer(serve, { maxMessageBytes }) : serve;
    return this.#wire.ownCodings === true ? bounded : decodingServer(bounded, { maxMessageBytes });
  }
}
