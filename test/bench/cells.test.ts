import { expect, test } from "vitest";
import type { Comparison, Entry } from "../../bench/entry.js";
import type { Figures } from "../../bench/harness.js";
import { readOptions } from "../../bench/options.js";
import { payloadOf } from "../../bench/payload.js";
import { sampledRows } from "../../bench/parts/loads.js";
import { prepared } from "../../bench/prepared.js";
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
  title: "X",
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
  expect(readOptions(["frame", "--quick"]).warmup).toBe(0.7);
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

test("Rates and CPU times are per message where a call moves many, and latencies that nobody told are null.", () => {
  const figures: Figures = { callsPerSecond: 10, p50: Number.NaN, p99: 2000, serverCpu: 500, clientCpu: 300, rss: 7 };
  const unit = { name: "message", perCall: 100 };
  const streams: Comparison = { ...comparison, judged: "both", unit, cells: [cell] };
  const [a, b] = competitors.map((one) => roundsKey(cell, one));
  const results = new Map([
    [a ?? "", { figures: [figures, figures] }],
    [b ?? "", { figures: [], failed: "It died." }],
  ]);
  const none = { rate: [], p50: [], p99: [], serverCpu: [], clientCpu: [], bothCpu: [], rss: [] };
  expect(sampledRows(streams, results)).toEqual([
    {
      competitor: "a",
      load: "1 × 64",
      samples: {
        rate: [1000, 1000],
        p50: [null, null],
        p99: [2000, 2000],
        serverCpu: [5, 5],
        clientCpu: [3, 3],
        bothCpu: [8, 8],
        rss: [7, 7],
      },
    },
    { competitor: "b", load: "1 × 64", samples: none, failed: "It died." },
  ]);
});

test("Without a word all is measured and written; a quick run, and one of chosen entries, writes where that is asked for.", () => {
  const written = (...args: readonly string[]): readonly boolean[] => {
    const { whole, write } = readOptions(args);
    return [whole, write];
  };
  expect(written()).toEqual([true, true]);
  expect(written("--quick")).toEqual([true, false]);
  expect(written("--quick", "--write")).toEqual([true, true]);
  expect(written("grpc")).toEqual([false, false]);
  expect(written("grpc", "--write")).toEqual([false, true]);
  expect(written("--only", "servers")).toEqual([false, false]);
  expect(written("--inflight", "8")).toEqual([false, false]);
  expect(() => readOptions(["grpc", "--resume"])).toThrow("--resume goes on with the whole comparison");
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
