/**
 * What a kit's methods tell of themselves, and are told: beside the wire under test, so that a stalled call can still be watched.
 * An event that has happened stays; waiting for it later resolves at once.
 */
export interface Witness {
  /** Says that something happened. */
  tell(event: string): void;
  /** Resolves when it has happened. */
  heard(event: string): Promise<void>;
  /** How often it has happened. */
  count(event: string): number;
}

/** A witness for methods that run in this process. */
export function witness(): Witness {
  const counts = new Map<string, number>();
  const waiting = new Map<string, (() => void)[]>();
  const count = (event: string): number => counts.get(event) ?? 0;
  return {
    count,
    tell(event) {
      counts.set(event, count(event) + 1);
      for (const resolve of waiting.get(event) ?? []) resolve();
      waiting.delete(event);
    },
    heard(event) {
      if (count(event) > 0) return Promise.resolve();
      return new Promise((resolve) => {
        waiting.set(event, [...(waiting.get(event) ?? []), resolve]);
      });
    },
  };
}
