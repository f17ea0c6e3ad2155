import type { Dispatch } from "../call/sink.js";
import { decodingServer } from "../transports/http-coding.js";
import { limitedServer } from "../transports/http-limit.js";
import { MESSAGE_CODINGS } from "../transports/message-codings.js";
import type { HttpServe, HttpServerWire } from "../wires/http.js";
import type { SessionOptions } from "../wires/wire.js";

/** What the wires of a connection answer with. */
export interface AnsweringParts {
  readonly dispatch: Dispatch;
  readonly options: SessionOptions;
  /** The transport puts no limit on bodies: wires of single messages get one here. */
  readonly unlimited: boolean;
}

/**
 * How the wires of one connection answer, each with the content coding and the limit that it does not have itself. Most connections speak one wire: what the
 * others would need is made when they are asked, and nothing of theirs is kept until then.
 */
export function answering(parts: AnsweringParts): (wire: HttpServerWire) => HttpServe {
  let made: { readonly wire: HttpServerWire; readonly serve: HttpServe }[] | undefined;
  return (wire) => {
    const known = made?.find((each) => each.wire === wire);
    if (known !== undefined) return known.serve;
    const serve = answererOf(wire, parts);
    made = [...(made ?? []), { wire, serve }];
    return serve;
  };
}

function answererOf(wire: HttpServerWire, { dispatch, options, unlimited }: AnsweringParts): HttpServe {
  const { maxMessageBytes } = options.limits;
  const serve = wire.server(dispatch, { ...options, codings: MESSAGE_CODINGS });
  const bounded = unlimited && !wire.streams ? limitedServer(serve, { maxMessageBytes }) : serve;
  return wire.ownCodings === true ? bounded : decodingServer(bounded, { maxMessageBytes });
}
