/** The full name of the health service. */
export const HEALTH = "grpc.health.v1.Health";

/** How a service can be said to be; `UNKNOWN` where nobody can tell. */
export type ServingStatus = "SERVING" | "NOT_SERVING" | "UNKNOWN";

/** Says how services are, for all who ask. */
export interface HealthControl {
  /**
   * Says how a service is: by its full name, any other name that callers may ask for, or "" for the whole server. It holds until it is said
   * otherwise, and for that name alone. Throws a TypeError for a status that there is not.
   */
  set(service: string, status: ServingStatus): void;
}

/** What a server tells its workers: how a service is from now on, or that it is about to end. Plain data. */
export type HealthChange = "drain" | { readonly service: string; readonly status: ServingStatus };

const STATUSES: readonly string[] = ["SERVING", "NOT_SERVING", "UNKNOWN"] satisfies readonly ServingStatus[];

/** How each service of a server is. All are SERVING at first, and NOT_SERVING from `drain()` on, whatever is set. */
export class HealthBoard implements HealthControl {
  readonly #statuses: Map<string, ServingStatus>;
  readonly #listeners: Set<() => void> = new Set();
  #draining = false;

  constructor(services: readonly string[]) {
    this.#statuses = new Map(["", ...services].map((name) => [name, "SERVING"]));
  }

  /** The server is about to end: nothing changes any more. */
  get draining(): boolean {
    return this.#draining;
  }

  set(service: string, status: ServingStatus): void {
    if (typeof service !== "string")
      throw new TypeError(`A service is named by a string, and ${JSON.stringify(service)} is none.`);
    if (!STATUSES.includes(status))
      throw new TypeError(`There is no status ${JSON.stringify(status)}: choose of ${STATUSES.join(", ")}.`);
    this.#statuses.set(service, status);
    this.#tell();
  }

  /** How a service is; undefined for a name of which nobody has said anything. */
  statusOf(service: string): ServingStatus | undefined {
    const status = this.#statuses.get(service);
    return status !== undefined && this.#draining ? "NOT_SERVING" : status;
  }

  /** The names that are known. */
  names(): readonly string[] {
    return [...this.#statuses.keys()];
  }

  /** Tells everybody that the server is about to end. */
  drain(): void {
    this.#draining = true;
    this.#tell();
  }

  /** Calls `listener` after each change, until what is returned is called. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
