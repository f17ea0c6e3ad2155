import { readFileSync } from "node:fs";

/** The unit of the times in /proc/PID/stat, as Linux has it on all common machines. */
const TICKS_PER_SECOND = 100;

/** CPU time of another process since it began, all its threads together, microseconds in steps of 10,000. */
export function processCpu(pid: number | undefined): NodeJS.CpuUsage {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // proc(5): after the name in parentheses come state, ppid … and, as 12th and 13th of them, utime and stime.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const micros = (field: number): number => (Number(fields[field]) * 1_000_000) / TICKS_PER_SECOND;
  return { user: micros(11), system: micros(12) };
}
