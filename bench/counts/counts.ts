/** What is counted, per call or per message of a stream. */
export interface Counts {
  /** Bytes allocated on JavaScript's heap, in its young generation. */
  readonly heap: number;
  /** Bytes allocated in its old generation: by whole pages, so that a page more or less is 85 bytes here. */
  readonly old: number;
  /** Bytes allocated outside it, for arrays of bytes. */
  readonly buffers: number;
  /** Arrays of bytes with memory of their own. */
  readonly arrays: number;
  readonly promises: number;
  readonly timers: number;
  /** Bytes that the end reads. */
  readonly read: number;
  readonly written: number;
  readonly writes: number;
}

/** One thing that is counted. */
export interface CountKind {
  readonly title: string;
  /** In a sentence after a number. */
  readonly noun: string;
  /** Digits after the point that mean something. */
  readonly digits: number;
  /** A bound is so many times the figure, and so much more: what chance, and a harmless change, may move it by. */
  readonly factor: number;
  /** The same for messages of streams, where it is another: their code is small, and allocates an object more or less by how V8 has put it together. */
  readonly streamFactor?: number;
  readonly more: number;
}

/** Everything that is counted, in the order of the tables. */
export const COUNT_KINDS: Readonly<Record<keyof Counts, CountKind>> = {
  heap: { title: "heap B", noun: "bytes on the heap", digits: 0, factor: 1.02, streamFactor: 1.15, more: 48 },
  old: { title: "old B", noun: "bytes in the old generation", digits: 0, factor: 1.02, more: 180 },
  buffers: { title: "buffers B", noun: "bytes in buffers", digits: 0, factor: 1.02, more: 48 },
  arrays: { title: "arrays", noun: "arrays of bytes", digits: 2, factor: 1, more: 0.02 },
  promises: { title: "promises", noun: "promises", digits: 2, factor: 1, more: 0.02 },
  timers: { title: "timers", noun: "timers", digits: 2, factor: 1, more: 0.02 },
  read: { title: "read B", noun: "bytes read", digits: 1, factor: 1.01, more: 0.5 },
  written: { title: "written B", noun: "bytes written", digits: 1, factor: 1.01, more: 0.5 },
  writes: { title: "writes", noun: "writes", digits: 3, factor: 1.05, more: 0.005 },
};

/** The names of what is counted, in their order. */
export const COUNT_NAMES: readonly (keyof Counts)[] = Object.keys(COUNT_KINDS) as (keyof Counts)[]; // its own keys

/** A figure as people read it. */
export function shown(name: keyof Counts, figure: number): string {
  const { digits } = COUNT_KINDS[name];
  return figure.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
