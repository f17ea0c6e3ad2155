import { Session } from "node:inspector";
import type { HeapProfiler } from "node:inspector";
import type { End, Watch } from "./lockstep.js";

/** Bytes between samples, on average: small, so that what allocates little is seen, too. */
const INTERVAL = 32;

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
    this.#session.post("HeapProfiler.startSampling", {
      samplingInterval: INTERVAL,
      // In declarations of a later protocol; what is collected counts as well.
      ...{ includeObjectsCollectedByMajorGC: true, includeObjectsCollectedByMinorGC: true },
    });
  }

  ended(end: End): void {
    if (end !== this.#end) return;
    this.#session.post("HeapProfiler.stopSampling", (error, found) => {
      if (error !== null) throw error;
      this.#add(found.profile.head);
    });
  }

  #add({ callFrame, selfSize, children }: HeapProfiler.SamplingHeapProfileNode): void {
    const { functionName, url, lineNumber } = callFrame;
    const at = `${functionName === "" ? "(anonymous)" : functionName}  ${url.replace(/^.*\/dist\//u, "")}:${lineNumber + 1}`;
    if (selfSize > 0) this.bytes.set(at, (this.bytes.get(at) ?? 0) + selfSize);
    for (const child of children) this.#add(child);
  }
}
