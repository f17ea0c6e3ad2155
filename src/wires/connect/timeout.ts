/** Up to ten digits, which is some 115 days. */
const FORM = /^\d{1,10}$/u;
const LONGEST = 9_999_999_999;

/** Reads a `connect-timeout-ms` as milliseconds; undefined where it is none. */
export function readTimeout(text: string): number | undefined {
  return FORM.test(text) ? Number(text) : undefined;
}

/** Writes milliseconds as a `connect-timeout-ms`, rounded up; what is longer than the field can say is cut to the longest that it can. */
export function writeTimeout(timeoutMs: number): string {
  return String(Math.min(LONGEST, Math.max(0, Math.ceil(timeoutMs))));
}
