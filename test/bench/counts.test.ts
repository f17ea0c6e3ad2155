import { expect, test } from "vitest";
import { readBounds, writeBounds } from "../../bench/counts/bounds-file.js";
import { CASES } from "../../bench/counts/cases.js";
import type { Counts } from "../../bench/counts/counts.js";
import { boundsFor, judge } from "../../bench/counts/judge.js";
import { measure } from "../../bench/counts/measure.js";
import type { Planted } from "../../bench/counts/rig.js";
import { countsTable } from "../../bench/counts/table.js";

const COUNTS: Counts = {
  heap: 2447.3,
  old: 0,
  buffers: 144,
  arrays: 3.001,
  promises: 2,
  timers: 0,
  read: 53,
  written: 57.1,
  writes: 0.015625,
};
const bounds = { "grpc: server": boundsFor(COUNTS, "grpc: server") };

test("Figures are within the bounds that are made of them, and so is what chance makes of them.", () => {
  const moved = { ...COUNTS, heap: COUNTS.heap * 1.02, writes: 0.0165, read: 53.4 };
  expect(judge(new Map([["grpc: server", COUNTS]]), bounds)).toEqual({ breaches: [], loose: [] });
  expect(judge(new Map([["grpc: server", moved]]), bounds).breaches).toEqual([]);
});

test("A breach names the case, the figure, the count and the bound.", () => {
  const more = { ...COUNTS, promises: 3, heap: 2600 };
  expect(judge(new Map([["grpc: server", more]]), bounds).breaches).toEqual([
    "grpc: server: 2,600 bytes on the heap a call, and the bound is 2,545.",
    "grpc: server: 3.00 promises a call, and the bound is 2.02.",
  ]);
  const stream = { "frame: server, stream in": bounds["grpc: server"] };
  expect(judge(new Map([["frame: server, stream in", more]]), stream).breaches[1]).toContain("promises a message");
});

test("A bound that could be less by more than a tenth is told, and is no breach.", () => {
  const less = { ...COUNTS, heap: 2000 };
  expect(judge(new Map([["grpc: server", less]]), bounds)).toEqual({
    breaches: [],
    loose: ["grpc: server: 2,000 bytes on the heap a call, and the bound is 2,545."],
  });
});

test("A case without bounds is a breach that says how to record them.", () => {
  expect(judge(new Map([["new: server", COUNTS]]), bounds).breaches).toEqual([
    'new: server has no bounds: record them with "npm run bench:check -- --write".',
  ]);
});

test("Bounds are read as they were written, a line a case.", () => {
  const text = writeBounds({ node: 20, bounds });
  expect(readBounds(text)).toEqual({ node: 20, bounds });
  expect(text.split("\n").filter((line) => line.includes("grpc: server"))).toHaveLength(1);
  expect(readBounds('{ "node": 20, "counts": [], "bounds": {} }')).toEqual({ node: 20, bounds: {} });
});

test("The table has a column for each count, as wide as its widest figure.", () => {
  expect(countsTable(new Map([["grpc: server", COUNTS]]))).toBe(
    [
      "  per call, or per message of a stream  heap B  old B  buffers B  arrays  promises  timers  read B  written B  writes",
      "  grpc: server                           2,447      0        144    3.00      2.00    0.00    53.0       57.1   0.016",
    ].join("\n"),
  );
});

const effort = { warmup: 64, window: 64, windows: 0, makings: 128 };

async function counted(name: string, planted: Planted = {}): Promise<Counts> {
  const one = CASES.find((each) => each.name === name);
  if (one === undefined) throw new Error(`There is no case ${name}.`);
  return await measure(one, effort, planted);
}

test.each(["grpc: server", "frame: server"])("A promise too many a call is caught: %s.", async (name) => {
  const plain = await counted(name);
  const asynchronous = await counted(name, { interceptors: [(next) => async (call) => next(call)] });
  expect(asynchronous.promises).toBeGreaterThanOrEqual(plain.promises + 0.9);
  const { breaches } = judge(new Map([[name, asynchronous]]), { [name]: boundsFor(plain, name) });
  expect(breaches.join("\n")).toContain("promises a call, and the bound is");
});

test("A write too many a call is caught.", async () => {
  const name = "jsonrpc, TCP: server";
  const alone = await counted(name, {
    // Each call is answered in a turn of its own, and so leaves alone.
    interceptors: [(next) => (call) => new Promise((resolve) => setImmediate(() => resolve(next(call))))],
  });
  const { breaches } = judge(new Map([[name, alone]]), { [name]: boundsFor(await counted(name), name) });
  expect(breaches.join("\n")).toContain("1.000 writes a call");
});

test.each(["connect, HTTP/1.1: server", "grpc: client, stream out", "frame: client, deadline"])(
  "Calls and streams run, and what they read and write is counted: %s.",
  async (name) => {
    const { read, written, writes, timers } = await counted(name);
    expect(read).toBeGreaterThan(0);
    expect(written).toBeGreaterThan(0);
    expect(writes).toBeGreaterThan(0);
    expect(timers).toBe(name.endsWith("deadline") ? 1 : 0);
  },
);
