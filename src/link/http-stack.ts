import type { HttpServe, HttpServerWire } from "../wires/http.js";
import { crossOrigin } from "./cross-origin.js";
import { httpRouter, type RouterOptions } from "./http-router.js";
import { type RoutedParts, routedWires } from "./routed-wires.js";

/** Makes what answers all requests of one connection, whatever carries them: other origins, routes, content coding, wires. */
export function httpStack(wires: readonly HttpServerWire[], parts: RoutedParts & RouterOptions): HttpServe {
  return crossOrigin(httpRouter(routedWires(wires, parts), parts), parts.options.allowedOrigins);
}
