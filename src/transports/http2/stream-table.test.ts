import fc from "fast-check";
import { expect, test } from "vitest";
import { StreamTable } from "./stream-table.js";

interface Numbered {
  readonly id: number;
}

test("A stream is found by its number until it is forgotten, and no other number finds it.", () => {
  const table = new StreamTable<Numbered>();
  const stream = { id: 1 };
  table.add(stream);
  expect([table.get(1), table.get(17), table.get(33), table.size]).toEqual([stream, undefined, undefined, 1]);
  table.delete(stream);
  table.delete(stream);
  expect([table.get(1), table.size, table.all()]).toEqual([undefined, 0, []]);
});

test("Streams that want the same place are all found, and told in the order of their numbers.", () => {
  const table = new StreamTable<Numbered>();
  const streams = [1, 17, 33, 49, 3].map((id) => ({ id }));
  for (const stream of streams) table.add(stream);
  expect(streams.map(({ id }) => table.get(id))).toEqual(streams);
  expect(table.all().map(({ id }) => id)).toEqual([1, 3, 17, 33, 49]);
  expect(table.size).toBe(5);
  table.clear();
  expect([table.size, table.all(), table.get(17)]).toEqual([0, [], undefined]);
});

test("It does what a Map does, whatever streams come and go.", () => {
  const step = fc.record({ opens: fc.boolean(), skip: fc.integer({ min: 0, max: 20 }), which: fc.nat() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const table = new StreamTable<Numbered>();
      const map = new Map<number, Numbered>();
      let next = 1;
      for (const { opens, skip, which } of steps) {
        if (opens || map.size === 0) {
          next += 2 + 2 * skip;
          const stream = { id: next };
          table.add(stream);
          map.set(next, stream);
        } else {
          const stream = [...map.values()][which % map.size];
          if (stream === undefined) continue;
          table.delete(stream);
          map.delete(stream.id);
        }
        expect(table.size).toBe(map.size);
        expect(table.all()).toEqual([...map.values()]);
        for (const id of [1, 3, next, next + 2, ...map.keys()]) expect(table.get(id)).toBe(map.get(id));
      }
    }),
    { numRuns: 50, seed: 7 },
  );
});
