/**
 * A program that loads a server in place of a client module, such as h2load. It is neutral: servers are compared under it,
 * clients are not.
 */
export interface Tool {
  /** What progress lines call it; tools of one name are the same load. */
  readonly name: string;
  /** The client module whose call has to be answered rightly by the server before the tool is let loose on it. */
  readonly witness: string;
  /** Says what to install where the program is missing; the competitor is left out then. */
  readonly missing: () => string | undefined;
  /** Loads the server for `seconds`. Rejects when a request failed, or was not answered with the payload. */
  readonly run: (order: ToolOrder) => Promise<ToolRun>;
}

/** What a tool is asked to do. */
export interface ToolOrder {
  /** `tcp://127.0.0.1:PORT` */
  readonly address: string;
  readonly connections: number;
  /** Calls under way at any time, over all connections. */
  readonly inflight: number;
  /** What every call says, and has to be answered with. */
  readonly payload: string;
  readonly seconds: number;
  /** The CPU to pin it to, if that can be done. */
  readonly core: number;
}

/** What a tool has found out. */
export interface ToolRun {
  /** Calls that were answered within the time; with many in flight and a slow server it may be none. */
  readonly calls: number;
  readonly callsPerSecond: number;
  /** CPU time of the tool, user and system, microseconds. */
  readonly cpu: number;
}
