import type { Machine, Measured, Results } from "./measured.js";
import { markdownTable, tableOf } from "./table.js";

/** What stands above the tables, for readers; how things are measured is said in bench/README.md. */
const READING = `CPU is the time of a process, user and system, for one call; it is the steadiest figure, and the one to compare. A load is
connections × calls in flight, and the payload where it is not 20 B. All figures are medians over the rounds; the range is the least and the greatest round of what is
compared; the last column is that figure divided by callwire's: 2 is twice as much. Ratios between 0.8 and 1.3 are ties. Tools that load servers tell no latencies. RSS is
the server's resident memory after the run. [bench/README.md](../bench/README.md) says how all of it is measured; \`--node 24\` or
\`--node PATH\` behind a command measures with another version of Node.`;

/** What stands above figures that nobody should quote. */
export const REHEARSAL: string =
  "> **Rehearsal.** Some of these figures come from runs too short to be quoted, or from a machine that did other things. They will be replaced.";

/** The report: a section for each group of comparisons, with a chart, and a table for each comparison. */
export function page(results: Results): string {
  const groups = grouped(results.measured, ({ group }) => group.name);
  return [
    "# Benchmarks",
    "`npm run build && npm run bench` measured all of this and wrote this page; [results.json](benchmarks/results.json) has every round.",
    ...(results.measured.some(({ rehearsal }) => rehearsal) ? [REHEARSAL] : []),
    READING,
    machineTable(results),
    ...groups.flatMap(section),
  ]
    .join("\n\n")
    .concat("\n");
}

/** One comparison in Markdown: its table, or why there is none, and what was left out or failed. */
export function comparisonBlock(measured: readonly [Measured, ...Measured[]]): string {
  const [first] = measured;
  const rows = measured.flatMap((one) => one.rows);
  const failures = measured.flatMap(failuresOf);
  return [
    ...(rows.length > 0 ? [markdownTable(tableOf(measured))] : ["Not measured."]),
    ...(failures.length > 0 ? [failures.map((line) => `- ${line}`).join("\n")] : []),
    `${howOf(measured)}. \`${first.command}\``,
  ].join("\n\n");
}

/** What went wrong, a sentence each; nothing if all is well. */
export function failuresOf(measured: Measured): readonly string[] {
  const failed = measured.rows.flatMap((row) =>
    row.failed === undefined ? [] : [`${row.competitor}, ${row.load}, failed: ${row.failed}`],
  );
  return [...(measured.failed === undefined ? [] : [`Failed: ${measured.failed}`]), ...failed, ...measured.leftOut];
}

function section(measured: readonly [Measured, ...Measured[]]): readonly string[] {
  const [{ group }] = measured;
  return [
    `## ${group.title}`,
    upper(group.about),
    `![${group.title}](benchmarks/${group.name}.svg)`,
    ...grouped(measured, ({ title }) => title).flatMap((one) => [
      `### ${upper(one[0].title)}`,
      upper(one[0].about),
      comparisonBlock(one),
    ]),
  ];
}

/** Versions of Node that were measured alike are named together. */
function howOf(measured: readonly Measured[]): string {
  const alike = grouped(measured, ({ how, date }) => how + date.slice(0, 10));
  return alike
    .map(([first, ...rest]) => {
      const nodes = [first, ...rest].map(({ node }) => node.replace("v", "")).join(" and ");
      return `${upper(first.how)}, Node ${nodes}, ${first.date.slice(0, 10)}`;
    })
    .join("; ");
}

function machineTable({ machine, versions, measured }: Results): string {
  const nodes = [...new Set(measured.map(({ node }) => node.replace("v", "")))];
  const days = measured.map(({ date }) => date.slice(0, 10)).toSorted();
  const rows = [
    ["machine", machineLine(machine)],
    ["measured", [...new Set([days[0], days.at(-1)])].join(" to ")],
    ["Node", nodes.join(", ")],
    ...Object.entries(versions),
  ];
  return ["| | |", "| --- | --- |", ...rows.map((row) => `| ${row.join(" | ")} |`)].join("\n");
}

function machineLine({ cpu, cores, memory, kernel, pinned }: Machine): string {
  return `${cores} × ${cpu}, ${memory}, ${kernel}; server and load ${pinned ? "on a core each" : "not pinned"}`;
}

function upper(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** Keeps the order in which keys come first. */
function grouped(
  all: readonly Measured[],
  key: (one: Measured) => string,
): readonly (readonly [Measured, ...Measured[]])[] {
  const groups = new Map<string, [Measured, ...Measured[]]>();
  for (const one of all) {
    const group = groups.get(key(one));
    if (group === undefined) groups.set(key(one), [one]);
    else group.push(one);
  }
  return [...groups.values()];
}
