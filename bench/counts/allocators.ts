import { Session } from "node:inspector";
import type { HeapProfiler } from "node:inspector";
import type { End, Watch } from "./lockstep.js";

/** How samples are taken. Some of it is in declarations of a later protocol. */
const SAMPLING = {
  /** Bytes between samples, on average: small, so that what allocates little is seen, too. */
  samplingInterval: 32,
  /** What is collected counts as well. */
  includeObjectsCollectedByMajorGC: true,
  includeObjectsCollectedByMinorGC: true,
};

/** Finds out which functions allocate while one end of a lockstep works, by V8's sampling profiler. */
export class Allocators implements Watch {
  /** Bytes by function and line. */
  readonly bytes: Map<string, number> = new Map();
  readonly #session = new Session();
  readonly #end: End;

  constructor(end: End) {
    this.#end = end;
    this.#session.connect();
  }

  began(end: End): void {
    if (end !== this.#end) return;
    this.#session.post("HeapProfiler.startSampling", SAMPLING);
  }

  ended(end: End): void {
    if (end !== this.#end) return;
    this.#session.post("HeapProfiler.stopSampling", (error, found) => {
      if (error !== null) throw error;
      this.#add(found.profile.head, "");
    });
  }

  /** What node and V8 are made of has no place that helps: it goes by the name of whoever called it. */
  #add({ callFrame, selfSize, children }: HeapProfiler.SamplingHeapProfileNode, caller: string): void {
    const { functionName, url, lineNumber } = callFrame;
    const name = functionName === "" ? "(anonymous)" : functionName;
    const own = url.startsWith("file:");
    const at = own ? `${name}  ${url.replace(/^.*\/(?:dist|node_modules)\//u, "")}:${lineNumber + 1}` : caller;
    const key = own ? at : `${name} < ${caller}`;
    if (selfSize > 0) this.bytes.set(key, (this.bytes.get(key) ?? 0) + selfSize);
    for (const child of children) this.#add(child, at);
  }
}
