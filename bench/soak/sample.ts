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
  /** Open files, by kind, of the process and of those that it started; none where the system does not tell. */
  readonly files: Readonly<Record<string, number>>;
  /** Those of them that are sockets, of the process alone. */
  readonly sockets: number;
}

setFlagsFromString("--expose-gc");
// What the flag adds to new contexts.
const collect = runInNewContext("gc") as () => void;

/** What every event loop opens with its first socket, and keeps (libuv, uv__stream_init). */
const SPARE = "/dev/null";

/** Takes a sample; `collected`: after a collection, which takes some milliseconds. */
export function sample(collected: boolean): Sample {
  if (collected) for (let n = 0; n < 2; n += 1) collect();
  const { heapUsed, external } = process.memoryUsage();
  const family = descendants();
  const { user, system } = process.cpuUsage();
  return {
    cpu: (user + system) / 1e6,
    rss: process.memoryUsage.rss() + family.reduce((all, pid) => all + rssOf(pid), 0),
    heap: heapUsed + external,
    handles: counted(process.getActiveResourcesInfo()),
    files: counted((["self", ...family] as const).flatMap((pid) => filesOf(pid)).filter((name) => name !== SPARE)),
    sockets: filesOf("self").filter((name) => name.startsWith("socket")).length,
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

/** How many there are of each. */
function counted(kinds: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const kind of kinds) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

/** What a process has open, without numbers that differ from one file to the next. */
function filesOf(pid: number | "self"): readonly string[] {
  const folder = `/proc/${pid}/fd`;
  try {
    return readdirSync(folder).map((name) => {
      try {
        return readlinkSync(`${folder}/${name}`).replace(/:?\[\d+\]$/u, "");
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
