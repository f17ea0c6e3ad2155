import { type Abuse, ABUSES } from "../transports/http2/abuse.js";

/** What happened on the connections of a server or a client, as totals since its start. */
export interface LinkCounters {
  /** Connections that were made, and how many of them are open now. */
  connections: number;
  open: number;
  /** Connections closed because they broke their protocol. */
  protocolErrors: number;
  /** How many of those were closed for what each kind of abuse is on HTTP/2, by its name. */
  readonly abuse: Record<Abuse, number>;
  /** Connections closed because nobody knew what they spoke. */
  undetected: number;
  /** Connections refused because there were too many. */
  refused: number;
  bytesIn: number;
  bytesOut: number;
}

/** Counters that have counted nothing yet. */
export function newCounters(): LinkCounters {
  // One entry for each of the list.
  const abuse = Object.fromEntries(ABUSES.map((kind) => [kind, 0])) as Record<Abuse, number>;
  return { connections: 0, open: 0, protocolErrors: 0, abuse, undetected: 0, refused: 0, bytesIn: 0, bytesOut: 0 };
}

/** Counts a connection that was closed for what its peer did; names that are no abuse count as protocol errors alone. */
export function countFailure(counters: LinkCounters, abuse: string | undefined): void {
  counters.protocolErrors += 1;
  const kind = ABUSES.find((each) => each === abuse);
  if (kind !== undefined) counters.abuse[kind] += 1;
}
