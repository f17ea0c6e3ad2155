import type { Implementation } from "./contract/implement.js";
import { type HandlerOptions, handling } from "./handling.js";
import { answerFetch } from "./transports/fetch-exchange.js";

export type { HandlerOptions } from "./handling.js";

/**
 * Makes services a handler of the fetch standard, for servers that have one: Hono, Deno, Bun, workers. It answers every wire over HTTP that needs no trailers
 * of HTTP/2: Connect, gRPC-Web, JSON-RPC, XML-RPC. Bodies and answers are streams; aborting `request.signal` cancels the call. Paths where nothing is are
 * answered with 404. The first request waits until the wires are loaded, and every request rejects where services or options cannot be.
 */
export function fetchHandler(
  services: readonly Implementation[],
  options: HandlerOptions = {},
): (request: Request) => Promise<Response> {
  const serve = handling(services, options).then((ready) => ready.serve("fetch://", { http2: false }));
  // Told to whoever asks.
  serve.catch(() => {});
  return async (request) => await answerFetch(await serve, request);
}
