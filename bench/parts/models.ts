import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Child } from "../child.js";
import { type ModelsOrder, type ModelsSample, WORKLOADS } from "../models/workload.js";
import type { Sampled } from "../report/measured.js";
import { counted, type Part, partId, type Settings } from "./part.js";
import { roundsInTurn } from "./rounds-in-turn.js";

const root = join(import.meta.dirname, "../..");
const MODELS = ["single", "threads", "processes", "prefork", "async", "prefork-async", "pool"] as const;
const PATIENCE_MS = 20_000;

const group = {
  name: "models",
  title: "Concurrency models",
  about:
    "every model with an echo, with 1 ms of CPU and with 10 ms of waiting, over length-prefixed JSON; 16 calls in flight in all, " +
    "the load on the same machine. `threads` and `processes` have as many workers as there are connections, others two.",
};

/** A model under so many connections. */
interface Case {
  readonly model: string;
  readonly connections: number;
}

/** The seven models beside each other. */
export function modelsPart(settings: Settings): Part {
  const { rounds, node, rehearsal, brief, wanted } = settings;
  const seconds = settings.seconds / 2;
  const models = MODELS.filter(wanted);
  const cases: readonly Case[] = (brief ? [16] : [1, 16]).flatMap((connections) =>
    models.map((model) => ({ model, connections })),
  );
  const title = "models";
  return {
    id: partId(group, title, node),
    group,
    title,
    about: "memory is that of the server and its workers, and counts what they share in each.",
    command: "npm run bench -- models",
    how: `${counted(rounds, "round")} of ${seconds} s after ${(seconds / 3).toFixed(1)} s of warm-up`,
    node,
    rehearsal,
    unit: "call",
    judged: "rate",
    base: "async",
    seconds: rounds * cases.length * (WORKLOADS.length * (seconds * 1.4) + 1),
    measure: async (progress) => {
      const all = await roundsInTurn(cases, {
        rounds,
        measure: (one, round) => {
          progress(`round ${round} of ${rounds}: ${one.model}, ${one.connections} × 16`);
          return shown(one, { ...settings, seconds });
        },
      });
      const rows = WORKLOADS.flatMap((workload, i) =>
        all.map(({ of, figures, failed }): Sampled => {
          const of1 = (name: keyof ModelsSample): readonly (number | null)[] =>
            figures.map((figure) => figure[i]?.[name] ?? null);
          const samples = {
            rate: of1("rate"),
            p50: of1("p50"),
            p99: of1("p99"),
            rss: of1("rss"),
            served: of1("served"),
          };
          const load = `${workload}, ${counted(of.connections, "connection")}`;
          return { competitor: of.model, load, samples, ...(failed !== undefined && { failed }) };
        }),
      );
      return { rows };
    },
  };
}

async function shown(one: Case, { built, node, seconds }: Settings): Promise<readonly ModelsSample[]> {
  const { child, url } = await start(one, node.path);
  let load: Child<ModelsSample> | undefined;
  try {
    const order: ModelsOrder = { url, pid: child.pid ?? 0, connections: one.connections, seconds };
    const script = join(built, "models/load-process.js");
    load = new Child(script, { argument: JSON.stringify(order), what: `load of ${one.model}`, node: node.path });
    await load.next();
    const samples: ModelsSample[] = [];
    for (const workload of WORKLOADS) samples.push(await load.ask(workload));
    return samples;
  } finally {
    await load?.stop();
    child.kill("SIGKILL");
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  }
}

/** Starts a server as users do. Models with a connection a worker get as many workers as there are connections, at most 16. */
async function start({ model, connections }: Case, node: string): Promise<{ child: ChildProcess; url: string }> {
  const workers = model === "threads" || model === "processes" ? Math.max(2, connections) : 2;
  const hasWorkers = model !== "async" && model !== "single";
  const args = ["serve", join(root, "bench/models/service.mjs"), "--listen", "tcp://127.0.0.1:0", "--model", model];
  const all = [join(root, "bin/callwire.js"), ...args, ...(hasWorkers ? ["--workers", String(workers)] : [])];
  const child = spawn(node, all, { stdio: ["ignore", "pipe", "inherit"] });
  try {
    const lines = createInterface({ input: child.stdout });
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const ended = once(child, "exit", { signal }).then(() => {
      throw new Error(`The server with model ${model} ended before it listened.`);
    });
    const [line] = (await Promise.race([once(lines, "line", { signal }), ended])) as [string]; // readline gives strings
    ended.catch(() => {}); // it ends later
    return { child, url: line.replace("callwire listening on tcp", "frame") };
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  }
}
