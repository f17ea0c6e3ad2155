import type { Implementation } from "./contract/implement.js";
import { type Handling, type HandlerOptions, handling } from "./handling.js";
import { answerNode, type NodeRequest, nodeRequest, type NodeResponse } from "./transports/node-exchange.js";
import type { HttpServe } from "./wires/http.js";

export type { HandlerOptions } from "./handling.js";

/** A handler of node's own HTTP, and of what is made of it. */
export type NodeHandler = (request: NodeRequest, response: NodeResponse, next?: (error?: unknown) => void) => void;

/**
 * Makes services a handler for a server of node:http or node:http2, or a middleware of Express and Fastify. Every wire over HTTP is answered; gRPC over HTTP/2
 * alone. Where there is a `next`, requests that are for none of these services are left to it, and so is the error of services or options that cannot
 * be; else such requests are refused, and such an error is answered with 500.
 */
export function nodeHandler(services: readonly Implementation[], options: HandlerOptions = {}): NodeHandler {
  const ready = handling(services, options);
  /** What is known of a connection is worked out once. */
  const known = new WeakMap<object, HttpServe>();
  // Told to whoever asks.
  ready.catch(() => {});
  const answer = (found: Handling, pair: readonly [NodeRequest, NodeResponse], next?: () => void): void => {
    const [request] = pair;
    const asked = nodeRequest(request);
    if (next !== undefined && !found.isOurs(asked)) {
      next();
      return;
    }
    const connection = connectionOf(request);
    let serve = known.get(connection);
    if (serve === undefined) {
      serve = found.serve(addressOf(request), { http2: "stream" in request });
      known.set(connection, serve);
    }
    answerNode(serve, asked, pair);
  };
  return (request, response, next) => {
    ready.then(
      (found) => answer(found, [request, response], next),
      (error: unknown) => {
        if (next !== undefined) next(error);
        else {
          response.statusCode = 500;
          response.end();
        }
      },
    );
  };
}

function connectionOf(request: NodeRequest): object {
  return "stream" in request ? (request.stream.session ?? request.socket) : request.socket;
}

function addressOf({ socket: { remoteAddress = "", remotePort = 0 } }: NodeRequest): string {
  if (remoteAddress === "") return "unix://";
  return `tcp://${remoteAddress.includes(":") ? `[${remoteAddress}]` : remoteAddress}:${remotePort}`;
}
