import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { connect } from "callwire/client";
import { Histogram } from "../histogram.js";
import { chart } from "./chart.js";
import { type Cell, MODELS, type Result, table, WORKLOADS } from "./report.js";

const root = fileURLToPath(new URL("../../", import.meta.url));

interface Bench {
  echo(value: string): string;
  spin(ms: number): number;
  wait(ms: number): number;
}

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "2" },
    rounds: { type: "string", default: "3" },
    write: { type: "boolean", default: false },
    only: { type: "string" },
  },
});
const seconds = Number(values.seconds);
const results: Result[] = [];
for (let round = 1; round <= Number(values.rounds); round += 1) {
  for (const model of MODELS.filter((name) => values.only === undefined || name === values.only)) {
    for (const connections of [1, 16]) {
      process.stderr.write(`round ${round}: ${model}, ${connections} connection${connections === 1 ? "" : "s"}\n`);
      const server = await start(model, connections);
      try {
        for (const workload of WORKLOADS) results.push(await measure(server, { model, connections, workload }));
      } finally {
        server.child.kill("SIGKILL");
        await once(server.child, "exit");
      }
    }
  }
}
const text = table(results, { node: process.version, cpu: `${cpus().length} × ${cpus()[0]?.model ?? "unknown"}` });
console.log(text);
if (values.write) {
  mkdirSync(`${root}docs`, { recursive: true });
  writeFileSync(`${root}docs/models.svg`, chart(results));
  const page = readFileSync(`${root}docs/models.md`, "utf8");
  writeFileSync(`${root}docs/models.md`, page.replace(/(?<=<!-- figures -->\n)[^]*(?=<!-- end -->)/u, `${text}\n`));
}

interface Served {
  readonly child: ChildProcess;
  readonly url: string;
}

/** Starts a server as users do. Models with a connection a worker get as many workers as there are connections, at most 16. */
async function start(model: string, connections: number): Promise<Served> {
  const workers = model === "threads" || model === "processes" ? Math.max(2, connections) : 2;
  const hasWorkers = model !== "async" && model !== "single";
  const args = [
    `${root}bin/callwire.js`,
    "serve",
    `${root}bench/models/service.mjs`,
    "--listen",
    "tcp://127.0.0.1:0",
    "--model",
    model,
    ...(hasWorkers ? ["--workers", String(workers)] : []),
  ];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  return { child, url: line.replace("callwire listening on tcp", "frame") };
}

/** A closed loop: 16 calls in flight over the connections, for as long as asked, after a warm-up of a third of that. */
async function measure({ child, url }: Served, cell: Cell): Promise<Result> {
  const { workload, connections } = cell;
  const clients = Array.from({ length: connections }, () => connect<Bench>("bench", url));
  const histogram = new Histogram();
  const begin = performance.now() + (seconds * 1000) / 3;
  const end = begin + seconds * 1000;
  let calls = 0;
  const answered = new Set<number>();
  const fiber = async (i: number): Promise<void> => {
    const client = clients[i % connections];
    if (client === undefined) return;
    while (performance.now() < end) {
      const sent = performance.now();
      await (workload === "echo"
        ? client.echo("20-byte payload.....")
        : workload === "1 ms CPU"
          ? client.spin(1)
          : client.wait(10));
      const now = performance.now();
      if (sent < begin || now > end) continue;
      calls += 1;
      answered.add(i % connections);
      histogram.record((now - sent) * 1000);
    }
  };
  const over = new Promise((resolve) => setTimeout(resolve, end - performance.now() + 50));
  // Connections that wait for a worker are not answered at all; they end with the run.
  const fibers = Array.from({ length: 16 }, (_, i) => fiber(i).catch(() => {}));
  await Promise.race([Promise.all(fibers), over]);
  const rss = rssOf(child.pid ?? 0);
  await Promise.all(clients.map((client) => client[Symbol.asyncDispose]()));
  await Promise.all(fibers);
  return {
    ...cell,
    served: answered.size,
    callsPerSecond: calls / seconds,
    p50: histogram.percentile(50) / 1000,
    p99: histogram.percentile(99) / 1000,
    rss,
  };
}

/** Resident memory of a process and its children, in MB, as Linux counts it (shared pages count in each). */
function rssOf(pid: number): number {
  let total = 0;
  for (const entry of readdirSync("/proc").filter((name) => /^\d+$/u.test(name))) {
    try {
      const status = readFileSync(`/proc/${entry}/status`, "utf8");
      const parent = Number(/^PPid:\s+(\d+)/mu.exec(status)?.[1]);
      if (Number(entry) === pid || parent === pid) total += Number(/^VmRSS:\s+(\d+)/mu.exec(status)?.[1] ?? 0);
    } catch {
      // The process has just ended.
    }
  }
  return total / 1024;
}
