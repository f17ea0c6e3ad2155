// Runs one server module in a process of its own: node server-process.js PATH-OF-MODULE, with an IPC channel.
import { pathToFileURL } from "node:url";
import type { ServerSample } from "./messages.js";
import type { ServerPid, StartServer } from "./peer.js";
import { processCpu, processRss } from "./process-usage.js";

const path = process.argv[2];
if (path === undefined || process.send === undefined) {
  throw new Error("This script is started by the benchmark harness; run bench/run.ts.");
}
process.on("disconnect", () => process.exit()); // the harness is gone

const { start, pid }: { start: StartServer; pid?: ServerPid } = await import(pathToFileURL(path).href);
const address = await start();
const other = pid?.();

function sample(): ServerSample {
  if (other !== undefined) return { address, cpu: processCpu(other), rss: processRss(other) };
  return { address, cpu: process.cpuUsage(), rss: process.memoryUsage.rss() };
}

process.on("message", () => process.send?.(sample())); // the only question is "cpu"
process.send(sample());
