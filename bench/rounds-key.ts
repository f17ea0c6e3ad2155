import type { Cell, Competitor } from "./entry.js";

/** Names a pair under a cell; pairs with the same modules have the same key, whatever they are called. */
export function roundsKey(cell: Cell, pair: Competitor): string {
  return [loadOf(cell), pair.server, clientName(pair)].join("; ");
}

/** Connections × calls in flight, or calls a second, and the payload's length where it is not the usual one. */
export function loadOf({ connections, inflight, bytes, rate }: Cell): string {
  const calls = rate === undefined ? inflight : `${rate}/s`;
  return `${connections} × ${calls}${bytes === undefined ? "" : `, ${bytes} B`}`;
}

/** What a competitor's client is called: its module, or the name of its tool. */
export function clientName({ client }: Competitor): string {
  return typeof client === "string" ? client : client.name;
}
