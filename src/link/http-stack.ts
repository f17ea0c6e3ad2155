import type { HttpServe, HttpServerWire } from "../wires/http.js";
import { answering, type AnsweringParts } from "./answering.js";
import { crossOrigin } from "./cross-origin.js";
import { httpRouter } from "./http-router.js";

/** How requests are heard that are nobody's. */
export interface StackParts extends AnsweringParts {
  /** They are heard out before they are refused, where an early answer costs a reset (RFC 9113 §8.1). */
  readonly patient?: boolean;
}

/** Makes what answers all requests of one connection, whatever carries them: other origins, routes, content coding, wires. */
export function httpStack(wires: readonly HttpServerWire[], parts: StackParts): HttpServe {
  const { patient = false, options } = parts;
  return crossOrigin(httpRouter(wires, { answering: answering(parts), patient }), options.allowedOrigins);
}
