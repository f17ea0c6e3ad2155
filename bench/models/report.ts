/** The models, in the order of the table. */
export const MODELS = ["single", "threads", "processes", "prefork", "async", "prefork-async", "pool"] as const;

/** What calls do. */
export const WORKLOADS = ["echo", "1 ms CPU", "10 ms wait"] as const;

/** One thing that is measured. */
export interface Cell {
  readonly model: string;
  readonly workload: string;
  readonly connections: number;
}

/** What one round of a cell has shown. */
export interface Result extends Cell {
  /** Connections that had an answer; the others waited. */
  readonly served: number;
  readonly callsPerSecond: number;
  /** Latencies in milliseconds, of answered calls. */
  readonly p50: number;
  readonly p99: number;
  /** Resident memory of the server and its workers, MB. */
  readonly rss: number;
}

/** The median of one figure over the rounds of a cell. */
export function median(
  results: readonly Result[],
  cell: Cell,
  figure: "callsPerSecond" | "p50" | "p99" | "rss" | "served",
): number {
  const found = results
    .filter((one) => one.model === cell.model && one.workload === cell.workload && one.connections === cell.connections)
    .map((one) => one[figure])
    .toSorted((a, b) => a - b);
  return found[Math.floor(found.length / 2)] ?? 0;
}

/** The results as Markdown: a table for each workload, medians over the rounds. */
export function table(results: readonly Result[], machine: { readonly node: string; readonly cpu: string }): string {
  const models = MODELS.filter((model) => results.some((result) => result.model === model));
  const parts = WORKLOADS.map((workload) => {
    const rows = models.flatMap((model) =>
      [1, 16].map((connections) => {
        const of = (figure: Parameters<typeof median>[2]): number =>
          median(results, { model, workload, connections }, figure);
        const served = of("served");
        return `| ${model} | ${served < connections ? `${connections}, ${served} served` : connections} | ${Math.round(of("callsPerSecond")).toLocaleString("en")} | ${of("p50").toFixed(2)} | ${of("p99").toFixed(2)} | ${Math.round(of("rss"))} |`;
      }),
    );
    return [
      `### ${workload}`,
      "",
      "| model | connections | calls/s | p50 ms | p99 ms | RSS MB |",
      "| --- | --- | ---: | ---: | ---: | ---: |",
      ...rows,
      "",
    ].join("\n");
  });
  return [
    `Node ${machine.node}, ${machine.cpu}; 16 calls in flight in all; load on the same machine.`,
    "",
    ...parts,
  ].join("\n");
}
