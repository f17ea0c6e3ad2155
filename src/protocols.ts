import { frame } from "./wires/frame/wire.js";
import { jsonrpc } from "./wires/jsonrpc/wire.js";
import { xmlrpc } from "./wires/xmlrpc/wire.js";
import type { Protocol } from "./wires/wire.js";

/**
 * Every protocol, in the order in which servers ask about a connection's first bytes, and about a request's path and type. What can be told by
 * its first bytes alone comes before `frame`, which begins with a length.
 */
export const PROTOCOLS: readonly Protocol[] = [xmlrpc, jsonrpc, { name: "frame", stream: frame }];

/** The protocols that a server answers: those named, or all. Throws a TypeError for a name that there is not. */
export function protocolsNamed(names: readonly string[] | undefined): readonly Protocol[] {
  if (names === undefined) return PROTOCOLS;
  const known = PROTOCOLS.map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new TypeError(`There is no wire ${JSON.stringify(unknown)}: choose of ${known.toSorted().join(", ")}.`);
  }
  return PROTOCOLS.filter(({ name }) => names.includes(name));
}
