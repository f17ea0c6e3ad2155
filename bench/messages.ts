/** What a server process says: once of its own accord when it listens, then in answer to each question. */
export interface ServerSample {
  /** `tcp://127.0.0.1:PORT` */
  readonly address: string;
  /** Of the server's process: microseconds since it began. */
  readonly cpu: NodeJS.CpuUsage;
  /** Resident memory of the server's process, bytes. */
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

/** What the client of a start-up is asked, as JSON: to try to connect until it can, and to call once. */
export interface FirstQuestion {
  /** Path of the client module. */
  readonly client: string;
  readonly port: number;
  readonly payload: string;
}

/** What it says: once of its own accord when it is ready, then when it has its answer. */
export interface FirstAnswer {
  /** When the answer came, milliseconds since 1970 with fractions. */
  readonly at: number;
  /** Why there is no right answer. */
  readonly failed?: string;
}
