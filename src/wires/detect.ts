import type { Limits, ServerWire } from "./wire.js";

/** How many bytes may come before a connection has to have shown what it speaks. */
export const DETECT_BYTES = 64;

/**
 * Finds the wire that a connection's first bytes belong to. Wires are asked in order, and one that cannot tell yet holds up those after it.
 * `more`: ask again with a longer prefix; undefined: nobody's.
 */
export function detect<W extends Pick<ServerWire, "detect">>(
  prefix: Uint8Array,
  wires: readonly W[],
  limits: Limits,
): W | "more" | undefined {
  for (const wire of wires) {
    const verdict = wire.detect(prefix, limits);
    if (verdict === "mine") return wire;
    if (verdict === "more") return prefix.length < DETECT_BYTES ? "more" : undefined;
  }
  return undefined;
}
