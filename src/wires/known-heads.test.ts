import { expect, test } from "vitest";
import { NO_FIELDS } from "../call/fields.js";
import type { CallHead } from "../call/sink.js";
import { KnownHeads } from "./known-heads.js";

function headOf(own: Partial<CallHead> = {}): CallHead {
  return {
    path: "a.One/call",
    codec: "proto",
    timeoutMs: undefined,
    fields: NO_FIELDS,
    peer: { address: "" },
    positional: false,
    shape: "unary",
    ...own,
  };
}

/** Says what a head was, and counts. */
function counted(): { known: KnownHeads<object>; made: CallHead[] } {
  const made: CallHead[] = [];
  const known = new KnownHeads((head) => {
    made.push(head);
    return { head };
  });
  return { known, made };
}

test("A head without fields and timeout is looked at once.", () => {
  const { known, made } = counted();
  const [one, other] = [headOf(), headOf()];
  const found = known.find(one);
  expect(known.find(other)).not.toBe(found);
  expect(known.find(one)).toBe(found);
  expect(made).toEqual([one, other]);
});

test("Heads of one method with the same timeout are looked at once; another timeout, method, codec or shape is another.", () => {
  const { known, made } = counted();
  const found = known.find(headOf({ timeoutMs: 500 }));
  expect(known.find(headOf({ timeoutMs: 500 }))).toBe(found);
  const others = [{ timeoutMs: 501 }, { path: "a.One/b" }, { codec: "json" }, { shape: "bidi" }] as const;
  for (const other of others) expect(known.find(headOf({ timeoutMs: 500, ...other }))).not.toBe(found);
  expect(made).toHaveLength(5);
});

test("Heads with fields are looked at each time.", () => {
  const { known, made } = counted();
  for (const timeoutMs of [500, undefined]) {
    const head = headOf({ fields: [["x", "1"]], timeoutMs });
    expect(known.find(head)).not.toBe(known.find(head));
  }
  expect(made).toHaveLength(4);
});

test("Ever new timeouts and methods do not pile up.", () => {
  const { known, made } = counted();
  const first = headOf({ timeoutMs: 1 });
  const found = known.find(first);
  for (let n = 2; n <= 40; n += 1) known.find(headOf({ timeoutMs: n }));
  expect(known.find(first)).not.toBe(found);
  const again = known.find(first);
  for (let n = 0; n < 300; n += 1) known.find(headOf({ path: `a.One/${n}`, timeoutMs: 1 }));
  expect(known.find(first)).not.toBe(again);
  const long = headOf({ path: "a".repeat(1000), timeoutMs: 1 });
  expect(known.find(long)).not.toBe(known.find(long));
  expect(made.length).toBeGreaterThan(340);
});
