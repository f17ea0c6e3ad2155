import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** What a process has at a moment. Bytes. */
export interface Sample {
  /** Of the process, and of those that it started. */
  readonly rss: number;
  /** Time of the processor's that it has had, in seconds. */
  readonly cpu: number;
  /** What is left of the heap, and outside of it, after a collection. */
  readonly heap: number;
  /** What keeps the process alive, by kind. */
  readonly handles: Readonly<Record<string, number>>;
  /** Open files, of the process and of those that it started; 0 where the system does not tell. */
  readonly files: number;
  /** Those of them that are sockets, of the process alone. */
  readonly sockets: number;
}

setFlagsFromString("--expose-gc");
// What the flag adds to new contexts.
const collect = runInNewContext("gc") as () => void;

/** Takes a sample; `collected`: after a collection, which takes some milliseconds. */
export function sample(collected: boolean): Sample {
  if (collected) for (let n = 0; n < 2; n += 1) collect();
  const { heapUsed, external } = process.memoryUsage();
  const handles: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) handles[kind] = (handles[kind] ?? 0) + 1;
  const family = descendants();
  const { user, system } = process.cpuUsage();
  return {
    cpu: (user + system) / 1e6,
    rss: process.memoryUsage.rss() + family.reduce((all, pid) => all + rssOf(pid), 0),
    heap: heapUsed + external,
    handles,
    files: filesOf("self").length + family.reduce((all, pid) => all + filesOf(String(pid)).length, 0),
    sockets: filesOf("self").filter((name) => name.startsWith("socket:")).length,
  };
}

function descendants(): readonly number[] {
  const found = [process.pid];
  for (const pid of found) found.push(...childrenOf(pid));
  return found.slice(1);
}

function childrenOf(pid: number): readonly number[] {
  const text = read(`/proc/${pid}/task/${pid}/children`);
  return text.split(" ").filter(Boolean).map(Number);
}

function rssOf(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/mu.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) * 1024;
}

function filesOf(pid: string): readonly string[] {
  const folder = `/proc/${pid}/fd`;
  try {
    return readdirSync(folder).map((name) => {
      try {
        return readlinkSync(`${folder}/${name}`);
      } catch {
        return "gone";
      }
    });
  } catch {
    return [];
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
