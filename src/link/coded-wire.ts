import { MESSAGE_CODINGS } from "../transports/message-codings.js";
import type { Protocol } from "../wires/wire.js";

/** A protocol whose sessions on connections of their own are given the codings of messages that node has. */
export function coded(protocol: Protocol): Protocol {
  const { stream } = protocol;
  if (stream === undefined) return protocol;
  return {
    ...protocol,
    stream: {
      ...stream,
      server: (outlet, dispatch, options) => stream.server(outlet, dispatch, { codings: MESSAGE_CODINGS, ...options }),
      client: (outlet, options) => stream.client(outlet, { codings: MESSAGE_CODINGS, ...options }),
    },
  };
}
