import type { Cell, Comparison, Competitor } from "../entry.js";
import { runEntry, WARMUP_SECONDS } from "../harness.js";
import type { Sampled } from "../report/measured.js";
import { medianFigure } from "../report/median.js";
import { sampledRows } from "./loads.js";
import { counted, type Part, partId, type Settings } from "./part.js";

const CONNECTIONS = 16;
/** One client under all servers. */
const client = "callwire/grpc-client";
const callwire: Competitor = { name: "callwire", server: "callwire/grpc-server", client };
const grpcJs: Competitor = { name: "grpc-js", server: "rivals/grpc-js-server", client };
const RIVALS: readonly Competitor[] = [
  grpcJs,
  { name: "nice-grpc", server: "rivals/nice-grpc-server", client },
  { name: "by hand", server: "bare/grpc-server", client },
];

const group = {
  name: "latency",
  title: "Latency at half load",
  about:
    "unary gRPC echo of 20 B, begun at half the rate that grpc-js answers at most, whether or not others have been answered. " +
    "Latencies count from when a call was due, so that a server which stalls cannot hide it.",
};

/** Latencies at a fixed rate under the same client: what a call takes where nobody but the slowest is at the limit. */
export function latencyPart(settings: Settings): Part {
  const { seconds, warmup = WARMUP_SECONDS, rounds, node, rehearsal, wanted } = settings;
  const competitors = [callwire, ...RIVALS].filter(({ name }) => wanted(name));
  const title = "servers";
  return {
    id: partId(group, title, node),
    group,
    title,
    about: `gRPC servers under the same client with ${CONNECTIONS} connections; loads are connections × calls a second.`,
    command: "npm run bench -- latency",
    how: `${counted(rounds, "round")} of ${seconds} s after ${warmup} s of warm-up`,
    node,
    rehearsal,
    unit: "call",
    judged: "p99",
    base: "callwire",
    seconds: (Math.min(1, competitors.length) + competitors.length * rounds) * (warmup + seconds + 1),
    measure: async (progress) => {
      const run = (cell: Cell, who: readonly Competitor[]): Promise<readonly Sampled[]> =>
        rows({ cell, who }, { ...settings, warmup, progress });
      const most = await run({ connections: CONNECTIONS, inflight: 4 * CONNECTIONS }, [grpcJs]);
      const [limit] = most;
      const rate = limit === undefined ? Number.NaN : Math.round(medianFigure(limit, "rate") / 2);
      if (!(rate > 0)) throw new Error(`The most that grpc-js does is not known: ${limit?.failed}`);
      // The client never sleeps, so its CPU time says nothing.
      const measured = await run({ connections: CONNECTIONS, inflight: 0, rate }, competitors);
      return { rows: measured.map(withoutClientCpu) };
    },
  };
}

/** Who runs under which load. */
interface Wanted {
  readonly cell: Cell;
  readonly who: readonly Competitor[];
}

async function rows(
  { cell, who }: Wanted,
  options: Settings & { warmup: number; progress: (line: string) => void },
): Promise<readonly Sampled[]> {
  const comparison: Comparison = { name: "servers", about: "", judged: "server", cells: [cell], competitors: who };
  const { title, about } = group;
  const entry = { name: group.name, title, about, cells: [cell], comparisons: [comparison] };
  const rounds = cell.rate === undefined ? 1 : options.rounds;
  return sampledRows(comparison, await runEntry(entry, { ...options, rounds, node: options.node.path }));
}

function withoutClientCpu(row: Sampled): Sampled {
  const { clientCpu: _clientCpu, ...samples } = row.samples;
  return { ...row, samples };
}
