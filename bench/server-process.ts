// Runs one server module in a process of its own: node server-process.js PATH-OF-MODULE, with an IPC channel.
import { pathToFileURL } from "node:url";
import type { ServerSample } from "./messages.js";
import type { ServerCpu, StartServer } from "./peer.js";

const path = process.argv[2];
if (path === undefined || process.send === undefined) {
  throw new Error("This script is started by the benchmark harness; run bench/run.ts.");
}
process.on("disconnect", () => process.exit()); // the harness is gone

const { start, cpu = () => process.cpuUsage() }: { start: StartServer; cpu?: ServerCpu } = await import(
  pathToFileURL(path).href
);
const address = await start();

function sample(): ServerSample {
  return { address, cpu: cpu(), rss: process.memoryUsage.rss() };
}

process.on("message", () => process.send?.(sample())); // the only question is "cpu"
process.send(sample());
