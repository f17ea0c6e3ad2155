import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { panelsOf } from "../../bench/report/chart.js";
import { documents, filled } from "../../bench/report/documents.js";
import { optionOf } from "../../bench/report/draw.js";
import type { Results } from "../../bench/report/measured.js";
import { medianFigure, medianOf, ratioOf, timesOf } from "../../bench/report/median.js";
import { comparisonBlock, page } from "../../bench/report/page.js";
import { readmeLines } from "../../bench/report/readme-lines.js";
import { alignTable, markdownTable, tableOf } from "../../bench/report/table.js";
import { results, row, servers } from "./measured.fixture.js";

const path = (name: string): string => new URL(`../../${name}`, import.meta.url).pathname;
const read = (name: string): string => readFileSync(path(name), "utf8");

test("A median is the middle value, the mean of two middle ones, and no number of nothing.", () => {
  expect([medianOf([3, 1, 2]), medianOf([4, 1, 3, 2]), medianOf([])]).toEqual([2, 2.5, Number.NaN]);
});

test("Rounds that did not tell a figure do not count, and without any it is not known.", () => {
  const told = row("a", [1], { samples: { p50: [null, 4, 2], p99: [null] } });
  expect([medianFigure(told, "p50"), medianFigure(told, "p99"), medianFigure(told, "rate")]).toEqual([
    3,
    Number.NaN,
    Number.NaN,
  ]);
});

test("A ratio is to the base under the same load, and not known where the base has no figure.", () => {
  const one = servers();
  expect(one.rows.map((each) => ratioOf(each, one))).toEqual([1, 12, 3.5]);
  const failed = servers({ rows: [row("callwire", []), row("grpc-js", [60]), row("x", [1], { load: "1 × 1" })] });
  expect(failed.rows.map((each) => ratioOf(each, failed))).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  expect([1.154, 12.06, 79.2].map(timesOf)).toEqual(["1.15 ×", "12.1 ×", "79 ×"]);
});

test("A table has the columns that somebody told, medians, the range of what is compared, and the ratio.", () => {
  expect(markdownTable(tableOf([servers()]))).toBe(
    [
      "| load | competitor | calls/s | server CPU µs | range | ÷ callwire |",
      "| --- | --- | ---: | ---: | ---: | ---: |",
      "| 16 × 64 | callwire | 200,000 | 5.00 | 4.00–6.00 | 1.00 |",
      "| 16 × 64 | grpc-js | 16,667 | 60.0 | 50.0–70.0 | 12.00 |",
      "| 16 × 64 | gRPC C++ | 57,143 | 17.5 | 17.5–19.0 | 3.50 |",
    ].join("\n"),
  );
});

test("In a terminal words stand left and numbers right, in columns.", () => {
  const [head = "", first = "", second = ""] = alignTable(tableOf([servers()])).split("\n");
  expect(head).toMatch(/^ {2}load +competitor +calls\/s/u);
  expect([first.length, second.length]).toEqual([head.length, head.length]);
  expect(second).toMatch(/^ {2}16 × 64 {2}grpc-js +16,667 +60\.0 +50\.0–70\.0 +12\.00$/u);
});

test("Versions of Node stand in one table, each compared with its own base.", () => {
  const later = servers({
    id: "grpc/servers, Node 24",
    node: "v24.21.0",
    rows: [row("callwire", [4]), row("grpc-js", [40])],
  });
  const { head, rows } = tableOf([servers(), later]);
  expect(comparisonBlock([servers(), later])).toContain("warm-up, Node 20.20.2 and 24.21.0, 2026-11-23. `npm");
  expect(head.slice(0, 3)).toEqual(["Node", "load", "competitor"]);
  expect(rows.slice(-1)).toEqual([["24.21.0", "16 × 64", "grpc-js", "25,000", "40.0", "40.0–40.0", "10.00"]]);
});

test("The page shows the machine, versions, a chart a group, tables, and what measures each again.", () => {
  const text = page(results(servers()));
  for (const part of [
    "2 × A processor, 8 GiB, Linux 6.1; server and load on a core each",
    "| @grpc/grpc-js | 1.14.7 |",
    "![gRPC](benchmarks/grpc.svg)",
    "### Servers",
    "| 16 × 64 | grpc-js | 16,667 |",
    "3 rounds of 2 s after 5 s of warm-up, Node 20.20.2, 2026-11-23. `npm run bench -- grpc --only servers`",
  ])
    expect(text).toContain(part);
  expect(text).not.toMatch(/Rehearsal|NaN|undefined/u);
});

test("One run that was too short makes the whole page a rehearsal.", () => {
  expect(page(results(servers(), servers({ id: "x", rehearsal: true })))).toContain("> **Rehearsal.**");
});

test("Who failed or was left out is named with the reason, and the others keep their figures.", () => {
  const failed = "The process of server x ended early (exit 1).";
  const rows = [row("callwire", [5]), row("grpc-js", [], { failed })];
  const text = comparisonBlock([servers({ rows, leftOut: ["grpc: gRPC C++ is left out. Install it."] })]);
  expect(text).toContain("| 16 × 64 | callwire | 200,000 | 5.00 | 1.00 |");
  expect(text).toContain("| 16 × 64 | grpc-js | – | – | – |");
  expect(text).toContain(`- grpc-js, 16 × 64, failed: ${failed}\n- grpc: gRPC C++ is left out. Install it.`);
  expect(comparisonBlock([servers({ rows: [], failed: "No core is free." })])).toMatch(
    /^Not measured\.\n\n- Failed: No core/u,
  );
});

test("A chart has a panel for each charted load and a bar for each who has a figure, the base in a colour of its own.", () => {
  const rows = [...servers().rows, row("nobody", []), row("callwire", [9], { load: "1 × 64" })];
  const panels = panelsOf([servers({ rows }), servers({ rows: [] })]);
  expect(panels).toEqual([
    {
      title: "servers, 16 × 64: server CPU µs per call (less is better)",
      bars: [
        { name: "callwire", value: 5, label: "5.00", base: true },
        { name: "grpc-js", value: 60, label: "60.0 (12.0 ×)", base: false },
        { name: "gRPC C++", value: 17.5, label: "17.5 (3.50 ×)", base: false },
      ],
    },
  ]);
  const option = optionOf(panels) as { series: { data: { value: number; itemStyle: { color: string } }[] }[] };
  const [first, second, third] = option.series[0]?.data ?? [];
  expect([first?.value, second?.value, third?.value]).toEqual([5, 60, 17.5]);
  expect(first?.itemStyle.color).not.toBe(second?.itemStyle.color);
  expect(second?.itemStyle.color).toBe(third?.itemStyle.color);
});

test("README has a line for what was measured, with ratios, and none for what was not.", () => {
  const lines = readmeLines(results(servers())).split("\n");
  expect(lines.filter((line) => line.startsWith("| gRPC"))).toEqual([
    "| gRPC server | 5.00 | grpc-js 60.0 (12.0 ×), gRPC C++ 17.5 (3.50 ×) |",
  ]);
  expect(lines.join("\n")).not.toContain("rehearsal");
  expect(readmeLines(results(servers({ rehearsal: true })))).toContain("rehearsal");
  const without = servers({ rows: [row("callwire", [5]), row("grpc-js", [], { failed: "It died." })] });
  expect(readmeLines(results(without))).not.toContain("| gRPC server");
});

test("Figures go between a page's markers, as often as one likes, and a page without markers is refused.", () => {
  const text = "Before.\n<!-- figures -->\nold\n<!-- end -->\nAfter.\n";
  const fresh = "Before.\n<!-- figures -->\nnew\n<!-- end -->\nAfter.\n";
  expect(filled(text, "new")).toBe(fresh);
  expect(filled(fresh, "new")).toBe(fresh);
  expect(() => filled("Nothing.", "new")).toThrow("lacks its markers");
});

test("Every figure in a document was measured: documents are what results.json makes of them.", () => {
  const measured: Results = JSON.parse(read("docs/benchmarks/results.json"));
  const pages = documents(measured, read);
  expect([...pages.keys()]).toEqual(expect.arrayContaining(["docs/benchmarks.md", "README.md"]));
  // Run "npm run bench -- --render" where they differ.
  expect(Object.fromEntries([...pages.keys()].map((name) => [name, read(name)]))).toEqual(Object.fromEntries(pages));
  for (const { group } of measured.measured) expect(read(`docs/benchmarks/${group.name}.svg`)).toContain("<svg");
});

test("README's figures stand on its first screen, with all four lines.", () => {
  const first = read("README.md").split("\n").slice(0, 28).join("\n");
  for (const what of ["| gRPC server |", "| gRPC client |", "| Connect server", "| JSON-RPC server"])
    expect(first).toContain(what);
});
