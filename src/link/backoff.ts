const FIRST_MS = 1000;
const FACTOR = 1.6;
const LONGEST_MS = 120_000;
const JITTER = 0.2;

/**
 * How long to wait after a number of failed attempts to connect (1 or more), in milliseconds: gRPC's connection backoff, 1 s × 1.6, at most 120 s,
 * a fifth more or less by chance. `random` is in [0, 1).
 */
export function backoffMs(failures: number, random: number): number {
  const plain = Math.min(FIRST_MS * FACTOR ** (failures - 1), LONGEST_MS);
  return plain * (1 + JITTER * (2 * random - 1));
}
