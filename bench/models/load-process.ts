// Loads a server with one workload after the other: node load-process.js ORDER, with an IPC channel; each question is a workload.
import { connect, type FunctionsClient } from "callwire/client";
import { Histogram } from "../histogram.js";
import { familyRss } from "../process-usage.js";
import type { ModelsOrder, ModelsSample, Workload } from "./workload.js";

/** Calls under way at any time, over all connections. */
const INFLIGHT = 16;

interface Bench {
  echo(value: string): string;
  spin(ms: number): number;
  wait(ms: number): number;
}

const CALLS: { readonly [name in Workload]: (client: FunctionsClient<Bench>) => Promise<unknown> } = {
  echo: (client) => client.echo("20-byte payload....."),
  "1 ms CPU": (client) => client.spin(1),
  "10 ms wait": (client) => client.wait(10),
};

if (process.argv[2] === undefined || process.send === undefined) {
  throw new Error("This script is started by the benchmark; run npm run bench -- models.");
}
process.on("disconnect", () => process.exit()); // the benchmark is gone

const order: ModelsOrder = JSON.parse(process.argv[2]);
process.on("message", (workload: Workload) => {
  void measure(CALLS[workload]).then((sample) => process.send?.(sample));
});
process.send({});

/** A closed loop for as long as asked, after a warm-up of a third of that. */
async function measure(call: (client: FunctionsClient<Bench>) => Promise<unknown>): Promise<ModelsSample> {
  const { url, connections, seconds } = order;
  const clients = Array.from({ length: connections }, () => connect<Bench>("bench", url));
  const histogram = new Histogram();
  const begin = performance.now() + (seconds * 1000) / 3;
  const end = begin + seconds * 1000;
  const answered = new Set<number>();
  let calls = 0;
  const fiber = async (i: number): Promise<void> => {
    const client = clients[i % connections];
    if (client === undefined) return;
    while (performance.now() < end) {
      const sent = performance.now();
      await call(client);
      const now = performance.now();
      if (sent < begin || now > end) continue;
      calls += 1;
      answered.add(i % connections);
      histogram.record((now - sent) * 1000);
    }
  };
  const over = new Promise((resolve) => setTimeout(resolve, end - performance.now() + 50));
  // Connections that wait for a worker are not answered at all; they end with the run.
  const fibers = Array.from({ length: INFLIGHT }, (_, i) => fiber(i).catch(() => {}));
  await Promise.race([Promise.all(fibers), over]);
  const rss = familyRss(order.pid); // while its workers are there
  await Promise.all(clients.map((client) => client[Symbol.asyncDispose]()));
  await Promise.all(fibers);
  const [p50, p99] = [histogram.percentile(50), histogram.percentile(99)];
  return { served: answered.size, rate: calls / seconds, p50, p99, rss };
}
