/** What a server process says: once of its own accord when it listens, then in answer to each question. */
export interface ServerSample {
  /** `tcp://127.0.0.1:PORT` */
  readonly address: string;
  /** `process.cpuUsage()`: microseconds since the process began. */
  readonly cpu: NodeJS.CpuUsage;
  /** Resident memory of this process, bytes. */
  readonly rss: number;
}

/** What a load process says: once of its own accord when the load is on, then in answer to each question. */
export interface LoadSample {
  /** `process.cpuUsage()`: microseconds since the process began. */
  readonly cpu: NodeJS.CpuUsage;
  /** Calls answered since the process began. */
  readonly calls: number;
  /** `performance.now()` of the load process, milliseconds. */
  readonly at: number;
  /** Latencies since the sample before, microseconds. */
  readonly p50: number;
  readonly p99: number;
}

/** Only argument of a load process, as JSON. */
export interface LoadOrder {
  /** Path of the client module. */
  readonly client: string;
  readonly address: string;
  readonly connections: number;
  readonly inflight: number;
  /** See `Cell`. */
  readonly rate?: number | undefined;
  /** What every call says, and has to be answered with. */
  readonly payload: string;
}
