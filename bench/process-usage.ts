import { readdirSync, readFileSync } from "node:fs";

/** The unit of the times in /proc/PID/stat, as Linux has it on all common machines. */
const TICKS_PER_SECOND = 100;

/** CPU time of another process since it began, all its threads together, microseconds in steps of 10,000. */
export function processCpu(pid: number): NodeJS.CpuUsage {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // proc(5): after the name in parentheses come state, ppid … and, as 12th and 13th of them, utime and stime.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const micros = (field: number): number => (Number(fields[field]) * 1_000_000) / TICKS_PER_SECOND;
  return { user: micros(11), system: micros(12) };
}

/** Resident memory of another process, bytes. */
export function processRss(pid: number): number {
  return rssIn(readFileSync(`/proc/${pid}/status`, "utf8"));
}

/** Resident memory of a process and its children, bytes; shared pages count in each. */
export function familyRss(pid: number): number {
  let total = 0;
  for (const name of readdirSync("/proc").filter((entry) => /^\d+$/u.test(entry))) {
    try {
      const status = readFileSync(`/proc/${name}/status`, "utf8");
      const parent = Number(/^PPid:\s+(\d+)/mu.exec(status)?.[1]);
      if (Number(name) === pid || parent === pid) total += rssIn(status);
    } catch {
      // The process has just ended.
    }
  }
  return total;
}

function rssIn(status: string): number {
  return Number(/^VmRSS:\s+(\d+)/mu.exec(status)?.[1] ?? 0) * 1024;
}
