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

/** Gives each connection to the worker with the fewest, and lets the others wait their turn, unread. */
export class HandOver<Worker> {
  readonly #options: HandOverOptions<Worker>;
  /** Workers that take connections, with how many they have. */
  readonly #open: Map<Worker, number> = new Map();
  readonly #waiting: Connection[] = [];
  #stopped = false;

  constructor(options: HandOverOptions<Worker>) {
    this.#options = options;
  }

  /** Workers without a connection. */
  get idle(): number {
    return [...this.#open.values()].filter((count) => count === 0).length;
  }

  readonly add = (connection: Connection): void => {
    const { counters, maxWaiting, log } = this.#options;
    counters.connections += 1;
    if (this.#stopped) connection.destroy();
    else if (this.#waiting.length < maxWaiting) {
      this.#waiting.push(connection);
      this.#next();
      if (this.#waiting.length > 0) this.#options.crowded?.();
    } else {
      counters.refused += 1;
      log(`Refused ${connection.address}: all workers are busy and ${this.#waiting.length} connections wait.`);
      connection.destroy();
    }
  };

  joined(worker: Worker): void {
    this.#open.set(worker, 0);
    this.#next();
  }

  left(worker: Worker): void {
    this.#options.counters.open -= this.#open.get(worker) ?? 0;
    this.#open.delete(worker);
  }

  /** One of a worker's connections has ended. */
  closed(worker: Worker): void {
    const count = this.#open.get(worker);
    if (count === undefined) return;
    this.#options.counters.open -= 1;
    this.#open.set(worker, count - 1);
    this.#next();
    if (this.#open.get(worker) === 0) this.#options.idle?.(worker);
  }

  /** Turns away those who wait, and all who come. */
  stop(): void {
    this.#stopped = true;
    for (const connection of this.#waiting.splice(0)) connection.destroy();
  }

  #next(): void {
    while (this.#waiting.length > 0) {
      let free: Worker | undefined;
      let fewest = this.#options.perWorker;
      for (const [worker, count] of this.#open) {
        if (count >= fewest) continue;
        free = worker;
        fewest = count;
      }
      const connection = free === undefined ? undefined : this.#waiting.shift();
      if (free === undefined || connection === undefined) return;
      this.#open.set(free, fewest + 1);
      this.#options.counters.open += 1;
      this.#options.give(free, connection, (back) => {
        this.#waiting.unshift(back);
        this.#next();
      });
    }
  }
}
