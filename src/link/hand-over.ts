import type { Connection } from "../transports/connection.js";
import type { LinkCounters } from "./counters.js";

/** What hands connections to workers. */
export interface HandOverOptions<Worker> {
  /** Connections that a worker has at once; more wait. */
  readonly perWorker: number;
  readonly maxWaiting: number;
  readonly counters: LinkCounters;
  readonly log: (message: string) => void;
  /** Gives a connection to a worker; `failed` is called with it where the worker was gone already. */
  readonly give: (worker: Worker, connection: Connection, failed: (connection: Connection) => void) => void;
  /** A connection waits that no worker is free for. */
  readonly crowded?: () => void;
  /** A worker has nothing to do. */
  readonly idle?: (worker: Worker) => void;
}

/** How many connections a worker has, and whether it takes more. */
interface Load {
  count: number;
  taking: boolean;
}

/** Gives each connection to the worker with the fewest, and lets the others wait their turn, unread. */
export class HandOver<Worker> {
  readonly #options: HandOverOptions<Worker>;
  readonly #loads: Map<Worker, Load> = new Map();
  readonly #waiting: Connection[] = [];
  #stopped = false;

  constructor(options: HandOverOptions<Worker>) {
    this.#options = options;
  }

  /** Workers that wait for a connection. */
  get idle(): number {
    return [...this.#loads.values()].filter(({ count, taking }) => taking && count === 0).length;
  }

  /** Connections that wait for a worker. */
  get waiting(): number {
    return this.#waiting.length;
  }

  readonly add = (connection: Connection): void => {
    const { counters, maxWaiting, log } = this.#options;
    counters.connections += 1;
    if (this.#stopped) connection.destroy();
    else if (this.#waiting.length < maxWaiting || this.#free() !== undefined) {
      this.#waiting.push(connection);
      this.#next();
      if (this.#waiting.length > 0) this.#options.crowded?.();
    } else {
      counters.refused += 1;
      log(`Refused ${connection.address}: all workers are busy and ${this.#waiting.length} connections wait.`);
      connection.destroy();
    }
  };

  /** A worker is there. */
  joined(worker: Worker): void {
    const load = { count: 0, taking: true };
    this.#loads.set(worker, load);
    this.#next();
    if (load.count === 0) this.#options.idle?.(worker);
  }

  /** A worker takes no more connections; those that it has are lost if it is gone. */
  left(worker: Worker, gone: boolean): void {
    const load = this.#loads.get(worker);
    if (load === undefined) return;
    load.taking = false;
    if (!gone) return;
    this.#options.counters.open -= load.count;
    this.#loads.delete(worker);
  }

  /** One of a worker's connections has ended. */
  closed(worker: Worker): void {
    const load = this.#loads.get(worker);
    if (load === undefined) return;
    this.#options.counters.open -= 1;
    load.count -= 1;
    if (!load.taking) return;
    this.#next();
    if (load.count === 0) this.#options.idle?.(worker);
  }

  /** Turns away those who wait, and all who come. */
  stop(): void {
    this.#stopped = true;
    for (const connection of this.#waiting.splice(0)) connection.destroy();
  }

  /** The worker with the fewest connections, if one has room. */
  #free(): Worker | undefined {
    let free: Worker | undefined;
    let fewest = this.#options.perWorker;
    for (const [worker, { count, taking }] of this.#loads) {
      if (!taking || count >= fewest) continue;
      free = worker;
      fewest = count;
    }
    return free;
  }

  #next(): void {
    while (this.#waiting.length > 0) {
      const worker = this.#free();
      const connection = worker === undefined ? undefined : this.#waiting.shift();
      if (worker === undefined || connection === undefined) return;
      const load = this.#loads.get(worker);
      if (load !== undefined) load.count += 1;
      this.#options.counters.open += 1;
      this.#options.give(worker, connection, (back) => this.#returned(worker, back));
    }
  }

  /** A worker was gone before it got a connection: it is another's turn, and the connection's still. */
  #returned(worker: Worker, connection: Connection): void {
    const load = this.#loads.get(worker);
    if (load !== undefined) {
      load.taking = false;
      load.count -= 1;
      this.#options.counters.open -= 1;
    }
    if (this.#stopped) connection.destroy();
    else {
      this.#waiting.unshift(connection);
      this.#next();
    }
  }
}
