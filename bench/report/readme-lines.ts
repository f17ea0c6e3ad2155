import { figure } from "./figures.js";
import type { Measured, Results } from "./measured.js";
import { medianFigure, ratioOf, timesOf } from "./median.js";

/** A line of README: one comparison under one load, and who is named beside callwire. */
interface Line {
  readonly what: string;
  readonly group: string;
  readonly title: string;
  readonly load: string;
  readonly peers: readonly string[];
}

const LINES: readonly Line[] = [
  { what: "gRPC server", group: "grpc", title: "servers", load: "16 × 64", peers: ["grpc-js", "gRPC C++"] },
  { what: "gRPC client", group: "grpc", title: "clients", load: "1 × 64", peers: ["grpc-js"] },
  {
    what: "Connect server, JSON over HTTP/1.1",
    group: "connect",
    title: "servers, json over HTTP/1.1",
    load: "16 × 16",
    peers: ["connect-node"],
  },
  {
    what: "JSON-RPC server over HTTP",
    group: "jsonrpc",
    title: "over HTTP",
    load: "16 × 64",
    peers: ["jayson", "node:http by hand"],
  },
];

/** The most important lines of the report, for the first screen of README. What was not measured has no line. */
export function readmeLines(results: Results): string {
  const lines = LINES.flatMap((line) => {
    const measured = results.measured.find(({ group, title }) => group.name === line.group && title === line.title);
    const cells = measured && cellsOf(line, measured);
    return cells === undefined ? [] : [{ measured, cells }];
  });
  const rehearsal = lines.some(({ measured }) => measured?.rehearsal);
  const note = rehearsal ? " These are of a rehearsal, and will be replaced." : "";
  return [
    "| CPU time of a call, µs | callwire | others |",
    "| --- | ---: | --- |",
    ...lines.map(({ cells }) => `| ${cells.join(" | ")} |`),
    "",
    `Medians, every row measured in one run, Node ${results.measured[0]?.node.replace("v", "") ?? "unknown"}: [all tables and charts](docs/benchmarks.md).${note}`,
  ].join("\n");
}

function cellsOf({ what, load, peers }: Line, measured: Measured): readonly string[] | undefined {
  const rows = measured.rows.filter((row) => row.load === load && !Number.isNaN(medianFigure(row, measured.judged)));
  const ours = rows.find(({ competitor }) => competitor === measured.base);
  const show = figure(measured.judged).show;
  const others = peers
    .flatMap((peer) => rows.filter(({ competitor }) => competitor === peer))
    .map((row) => `${row.competitor} ${show(medianFigure(row, measured.judged))} (${timesOf(ratioOf(row, measured))})`);
  if (ours === undefined || others.length === 0) return undefined;
  return [what, show(medianFigure(ours, measured.judged)), others.join(", ")];
}
