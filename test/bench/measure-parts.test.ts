import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { runEntry } from "../../bench/harness.js";
import { measureParts } from "../../bench/measure-parts.js";
import { namedNodes } from "../../bench/node-programs.js";
import { partId, type Part } from "../../bench/parts/part.js";
import { roundsInTurn } from "../../bench/parts/rounds-in-turn.js";
import type { Measured } from "../../bench/report/measured.js";
import { merged, readResults, writeResults } from "../../bench/report/result-file.js";
import { results, row, servers } from "./measured.fixture.js";

const folder = mkdtempSync(join(tmpdir(), "callwire-report-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A part that is measured by being asked; `ran` hears of it. */
function part(title: string, { ran, fails = false }: { ran: string[]; fails?: boolean }): Part {
  const { date: _date, took: _took, leftOut: _leftOut, rows, node: version, ...said } = servers({ title });
  const node = { path: process.execPath, version };
  return {
    ...said,
    node,
    id: partId(said.group, title, node),
    seconds: 60,
    measure: async (progress) => {
      progress("round 1");
      ran.push(title);
      if (fails) throw new Error("Nobody answers.");
      return { rows };
    },
  };
}

test("Parts are measured in order, progress says which of how many and how long it takes, and each is told when it is done.", async () => {
  const ran: string[] = [];
  const lines: string[] = [];
  const told: string[] = [];
  const all = await measureParts([part("a", { ran }), part("b", { ran })], {
    done: [],
    progress: (line) => lines.push(line),
    measured: ({ title }) => told.push(`${title} after ${ran.join("")}`),
  });
  expect(told).toEqual(["a after a", "b after ab"]);
  expect(lines.slice(0, 2)).toEqual(["[1 of 2] grpc/a, Node 20: about 2 min left", "  round 1"]);
  expect(lines[2]).toMatch(/^\[2 of 2\] grpc\/b, Node 20: about \d+ s left$/u);
  expect(all.map(({ id, node, rows }) => [id, node, rows.length])).toEqual([
    ["grpc/a, Node 20", "v20.20.2", 3],
    ["grpc/b, Node 20", "v20.20.2", 3],
  ]);
});

test("A part that fails is a result with its reason, and the next one is measured.", async () => {
  const ran: string[] = [];
  const parts = [part("a", { ran, fails: true }), part("b", { ran })];
  const all = await measureParts(parts, { done: [], progress: () => {}, measured: () => {} });
  expect(all.map(({ failed, rows }) => [failed, rows.length])).toEqual([
    ["Nobody answers.", 0],
    [undefined, 3],
  ]);
});

test("Who goes on measures what is missing, where somebody failed, and what was measured otherwise.", async () => {
  const ran: string[] = [];
  const done = (title: string, more: Partial<Measured> = {}): Measured =>
    servers({ id: `grpc/${title}, Node 20`, title, took: 7, ...more });
  const one = row("callwire", [1], { failed: "It died." });
  const before = [
    done("a"),
    done("b", { failed: "It died.", rows: [] }),
    done("c", { how: "1 round of 1 s" }),
    done("d", { rows: [one] }),
  ];
  const parts = ["a", "b", "c", "d", "e"].map((title) => part(title, { ran }));
  const all = await measureParts(parts, { done: before, progress: () => {}, measured: () => {} });
  expect(ran).toEqual(["b", "c", "d", "e"]);
  expect(all.map(({ title }) => title)).toEqual(["a", "b", "c", "d", "e"]);
  expect(all[0]).toBe(before[0]);
});

test("Results are read as they were written, each figure's rounds on one line.", () => {
  const path = join(folder, "new/results.json");
  const some = results(servers());
  expect(readResults(path)).toBeUndefined();
  writeResults(path, some);
  expect(readResults(path)).toEqual(some);
  expect(readFileSync(path, "utf8")).toMatch(/"p50": \[null, null, null\],\n *"serverCpu": \[4, 6, 5\]/u);
  expect(readdirSync(join(folder, "new"))).toEqual(["results.json"]);
});

test.each(["", "{", "[]", "null", "3", '{"measured": 1}'])(
  "A file with %j holds no results, and what to do is said.",
  (text) => {
    const path = join(folder, "broken.json");
    writeFileSync(path, text);
    expect(() => readResults(path)).toThrow("holds no results. Remove it");
  },
);

test("New results take the place of old ones with the same id, where those stood.", () => {
  const [a, b, fresh, c] = ["a", "b", "a", "c"].map((id, i) => servers({ id, took: i }));
  if (a === undefined || b === undefined || fresh === undefined || c === undefined) throw new Error("There are four.");
  expect(merged([a, b], [fresh, c])).toEqual([fresh, b, c]);
});

test("One that fails is not tried again, and does not end the others' rounds.", async () => {
  const tried: string[] = [];
  const all = await roundsInTurn(["a", "b"], {
    rounds: 2,
    measure: async (one, round) => {
      tried.push(`${one}${round}`);
      if (one === "a") throw new Error("It died.");
      return round;
    },
  });
  expect(tried).toEqual(["a1", "b1", "b2"]);
  expect(all).toEqual([
    { of: "a", figures: [], failed: "It died." },
    { of: "b", figures: [1, 2], failed: undefined },
  ]);
});

test("A server that dies at once is left alone after two rounds, with what it died of.", async () => {
  const started: string[] = [];
  writeFileSync(join(folder, "server-process.js"), 'throw new TypeError("The port is mine.");\n');
  const competitors = [{ name: "a", server: "a", client: "c" }];
  const cells = [{ connections: 1, inflight: 1 }];
  const comparison = { name: "servers", about: "", judged: "server", competitors } as const;
  const entry = { name: "x", title: "x", about: "", cells, comparisons: [comparison] };
  const options = { seconds: 1, warmup: 1, rounds: 4, built: folder, node: process.execPath };
  const found = await runEntry(entry, { ...options, progress: (line) => started.push(line) });
  expect(started).toHaveLength(2);
  const [rounds] = [...found.values()];
  expect(rounds?.figures).toEqual([]);
  expect(rounds?.failed).toBe("The process of server a ended early (exit 1). It said: TypeError: The port is mine.");
});

test("A node is named by its path, and what is none is refused.", () => {
  const own = { path: process.execPath, version: process.version };
  expect(namedNodes([process.execPath])).toEqual([own]);
  expect(() => namedNodes(["/bin/true"])).toThrow('"/bin/true" is no node');
  expect(() => namedNodes(["no-such-program,3"])).toThrow("is no node");
  expect(() => namedNodes(["3"])).toThrow("There is no package with Node 3");
});
