import type { CallHead } from "../../call/sink.js";

/** How many messages go each way. */
export type Shape = NonNullable<CallHead["shape"]>;

/**
 * The user field by which callwire's client tells a callwire server of itself, with the shape of the call as its value: in the first request of a connection, and
 * in those that open a stream. Servers of other makes have no use for it; ours says at once, by a frame for stream 0, that it takes cancellations.
 */
export const ANNOUNCEMENT = "callwire";

const SHAPES: readonly string[] = ["unary", "serverStream", "clientStream", "bidi"] satisfies readonly Shape[];

/** Reads the shape that an announcement names. */
export function shapeNamed(text: string | undefined): Shape | undefined {
  return text !== undefined && SHAPES.includes(text) ? (text as Shape) : undefined; // it is in the list
}
