import { expect, test } from "vitest";
import type { Comparison, Entry } from "../../bench/entry.js";
import type { Figures } from "../../bench/harness.js";
import { readOptions } from "../../bench/options.js";
import { payloadOf } from "../../bench/payload.js";
import { prepared } from "../../bench/prepared.js";
import { makeRows, renderTables } from "../../bench/report.js";
import { roundsKey } from "../../bench/rounds-key.js";

const competitors = [
  { name: "a", server: "a-server", client: "client" },
  { name: "b", server: "b-server", client: "client" },
];
const comparison: Comparison = { name: "servers", about: "each.", judged: "server", competitors };
const cell = { connections: 1, inflight: 64 };
const large = { ...cell, bytes: 1024 };
const entry: Entry = {
  name: "x",
  about: "x.",
  cells: [cell, large],
  comparisons: [comparison, { ...comparison, name: "few", cells: [large] }],
};

test("A load of one's own takes the place of every other, in comparisons too; payloads stay.", () => {
  const { narrow } = readOptions(["--connections", "2", "--inflight", "8"]);
  const own = { connections: 2, inflight: 8 };
  const narrowed = narrow(entry);
  expect(narrowed.cells).toEqual([own, { ...own, bytes: 1024 }]);
  expect(narrowed.comparisons.map(({ cells }) => cells)).toEqual([undefined, [{ ...own, bytes: 1024 }]]);
});

test("Without a word about the warm-up the entry says it, and a quick run has a short one.", () => {
  expect(readOptions([]).warmup).toBeUndefined();
  expect(readOptions(["--quick"]).warmup).toBe(0.7);
  expect(readOptions(["--quick", "--warmup", "2"]).warmup).toBe(2);
});

test("What cannot run here is left out, and what to install is said once.", () => {
  const lines: string[] = [];
  const plain = { name: "b", server: "b-server", client: "client" };
  const lacking = { ...plain, name: "a", prepare: (): string => "Install it." };
  const left = prepared(
    {
      ...entry,
      comparisons: [
        { ...comparison, competitors: [lacking, plain] },
        { ...comparison, name: "alone", competitors: [lacking] },
      ],
    },
    (line) => lines.push(line),
  );
  expect(lines).toEqual(["x: a is left out. Install it."]);
  expect(left.comparisons).toEqual([{ ...comparison, competitors: [plain] }]);
});

test("Rates and CPU times are shown per message where a call moves many, and a dash where no latency is known.", () => {
  const figures: Figures = { callsPerSecond: 10, p50: Number.NaN, p99: 2000, serverCpu: 500, clientCpu: 300 };
  const streams: Entry = {
    ...entry,
    cells: [cell],
    comparisons: [{ ...comparison, unit: { name: "message", perCall: 100 } }],
  };
  const rows = makeRows(streams, new Map(competitors.map((one) => [roundsKey(cell, one), [figures]])));
  expect(rows.map(({ median }) => median)).toEqual([
    { ...figures, callsPerSecond: 1000, serverCpu: 5, clientCpu: 3 },
    { ...figures, callsPerSecond: 1000, serverCpu: 5, clientCpu: 3 },
  ]);
  const text = renderTables(streams, rows);
  expect(text).toContain("messages/s");
  expect(text).toMatch(/1 × 64 +a +1,000 +– +2000 +5\.00 +3\.00/u);
});

test("Loads that differ in the payload or the rate are not taken for each other.", () => {
  const [one] = competitors;
  if (one === undefined) throw new Error("There is one.");
  const keys = [cell, large, { ...cell, rate: 100 }].map((load) => roundsKey(load, one));
  expect(new Set(keys).size).toBe(3);
});

test.each([20, 1, 1024])("A payload of %i bytes has that length.", (bytes) => {
  expect(Buffer.byteLength(payloadOf(bytes))).toBe(bytes);
});
