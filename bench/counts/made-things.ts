import { createHook } from "node:async_hooks";

/** Things that were made while the counting was on. */
export interface Made {
  promises: number;
  timers: number;
  /** Arrays of bytes with memory of their own, which cost a call of the allocator where they are longer than 64 bytes. */
  arrays: number;
}

/** Counts what is made while it is `on`. It slows everything down, so nothing else is measured meanwhile. */
export interface MakingCounter {
  readonly made: Made;
  on: boolean;
  /** Ends the counting, and puts back what it took the place of. */
  end(): void;
}

const KINDS: Readonly<Record<string, keyof Made>> = { PROMISE: "promises", Timeout: "timers" };
const REPLACED = ["Uint8Array", "ArrayBuffer"] as const;

/** Starts counting; nothing is counted until it is `on`. One at a time. */
export function countMaking(): MakingCounter {
  const made: Made = { promises: 0, timers: 0, arrays: 0 };
  const counter = { made, on: false };
  const hook = createHook({
    init(_id, type) {
      const kind = KINDS[type];
      if (counter.on && kind !== undefined) made[kind] += 1;
    },
  }).enable();
  // The globals by name, to be put back.
  const globals = globalThis as unknown as Record<string, new (...args: unknown[]) => object>;
  const former = REPLACED.map((name) => [name, globals[name]] as const);
  for (const [name, constructor] of former) {
    if (constructor === undefined) continue;
    globals[name] = new Proxy(constructor, {
      construct(target, args, newTarget) {
        // A view of memory that is there already is no array of its own.
        if (counter.on && !(args[0] instanceof ArrayBuffer)) made.arrays += 1;
        // Whatever was constructed is an object.
        return Reflect.construct(target, args, newTarget) as object;
      },
    });
  }
  // oxlint-disable-next-line typescript/unbound-method -- it is applied to what it was called on
  const { slice } = Uint8Array.prototype;
  // oxlint-disable-next-line no-extend-native -- it is put back by end()
  Uint8Array.prototype.slice = function counted(...range): ReturnType<typeof slice> {
    if (counter.on) made.arrays += 1;
    return slice.apply(this, range);
  };
  return Object.assign(counter, {
    end: () => {
      hook.disable();
      for (const [name, constructor] of former) if (constructor !== undefined) globals[name] = constructor;
      // oxlint-disable-next-line no-extend-native -- as it was
      Uint8Array.prototype.slice = slice;
    },
  });
}
