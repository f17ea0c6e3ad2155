/** What calls do. */
export const WORKLOADS = ["echo", "1 ms CPU", "10 ms wait"] as const;

/** One of them. */
export type Workload = (typeof WORKLOADS)[number];

/** Only argument of the load's process, as JSON. */
export interface ModelsOrder {
  readonly url: string;
  /** The server's process. */
  readonly pid: number;
  readonly connections: number;
  /** Measured window of each workload. */
  readonly seconds: number;
}

/** What it says of a workload. */
export interface ModelsSample {
  /** Connections that had an answer; the others waited. */
  readonly served: number;
  readonly rate: number;
  /** Latencies of answered calls, microseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Resident memory of the server and its workers, bytes. */
  readonly rss: number;
}
