import type { ToolRun } from "../tool.js";

/**
 * Reads what h2load has printed, with the output of the shell's `times` behind it. `bodyBytes` is the length of a right answer's body.
 * Throws an Error where a request failed or was answered with something else: an error of gRPC comes with HTTP status 200, but
 * without a message.
 */
export function readH2load(text: string, bodyBytes: number): ToolRun {
  const numbers = (pattern: RegExp): readonly number[] => {
    const found = pattern.exec(text);
    if (found === null) throw new Error(`h2load printed something unknown:\n${text}`);
    return found.slice(1).map(Number);
  };
  const [calls = 0, failed = 0, errored = 0, late = 0] = numbers(
    /requests:.* (\d+) succeeded, (\d+) failed, (\d+) errored, (\d+) timeout/u,
  );
  const bad = numbers(/status codes: \d+ 2xx, (\d+) 3xx, (\d+) 4xx, (\d+) 5xx/u);
  const [data = 0] = numbers(/headers.*, \S+ \((\d+)\) data/u);
  const [callsPerSecond = 0] = numbers(/finished in \S+, ([\d.]+) req\/s/u);
  if (failed + errored + late > 0 || bad.some((count) => count > 0)) {
    throw new Error(`h2load had requests that failed:\n${text}`);
  }
  if (data < calls * bodyBytes) {
    throw new Error(
      `h2load got ${data} bytes in ${calls} answers in place of ${bodyBytes} in each: these are no answers of an echo.`,
    );
  }
  // The second line is of the shell's children: user and system, such as 0m0.080000s.
  const [userMinutes = 0, userSeconds = 0, minutes = 0, seconds = 0] = numbers(
    /\n\d+m\S+s \d+m\S+s\n(\d+)m([\d.]+)s (\d+)m([\d.]+)s\s*$/u,
  );
  return { calls, callsPerSecond, cpu: ((userMinutes + minutes) * 60 + userSeconds + seconds) * 1_000_000 };
}
