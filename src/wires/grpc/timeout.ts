/** Milliseconds of each unit of `grpc-timeout` (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md). */
const UNITS: readonly (readonly [unit: string, ms: number])[] = [
  ["n", 1e-6],
  ["u", 1e-3],
  ["m", 1],
  ["S", 1000],
  ["M", 60_000],
  ["H", 3_600_000],
];
/** A value has at most eight digits. */
const LARGEST = 99_999_999;

/** Reads a `grpc-timeout` as milliseconds; undefined where it is none. */
export function readTimeout(text: string): number | undefined {
  const [, digits = "", unit = ""] = /^(\d{1,8})([numSMH])$/u.exec(text) ?? [];
  const ms = UNITS.find(([each]) => each === unit)?.[1];
  return ms === undefined ? undefined : Number(digits) * ms;
}

/** Writes milliseconds as a `grpc-timeout`, in the finest unit that holds them. Less than a nanosecond is one. */
export function writeTimeout(timeoutMs: number): string {
  for (const [unit, ms] of UNITS) {
    const count = Math.max(1, Math.ceil(timeoutMs / ms));
    if (count <= LARGEST) return `${count}${unit}`;
  }
  return `${LARGEST}H`;
}
