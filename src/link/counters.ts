/** What happened on the connections of a server or a client, as totals since its start. */
export interface LinkCounters {
  /** Connections that were made, and how many of them are open now. */
  connections: number;
  open: number;
  /** Connections closed because they broke their protocol. */
  protocolErrors: number;
  /** Connections closed because nobody knew what they spoke. */
  undetected: number;
  /** Connections refused because there were too many. */
  refused: number;
  bytesIn: number;
  bytesOut: number;
}

/** Counters that have counted nothing yet. */
export function newCounters(): LinkCounters {
  return { connections: 0, open: 0, protocolErrors: 0, undetected: 0, refused: 0, bytesIn: 0, bytesOut: 0 };
}
