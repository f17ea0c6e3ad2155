// The server of a soak: node server-process.js, started by run.ts, which asks it by IPC.
import { type ModelName, serve } from "callwire";
import { answering } from "./answering.js";
import type { ServerState } from "./messages.js";
import { sample } from "./sample.js";
import { runningCalls } from "./service.js";

const { SOAK_MODEL = "async", SOAK_WORKERS = "2", SOAK_SOCKET = "", SOAK_PEM = "" } = process.env;

/** What was logged, without what differs from one time to the next. */
const logged = new Map<string, number>();
/** What must never be logged. */
const failures: string[] = [];

process.on("unhandledRejection", (error) => void failures.push(`Unhandled rejection: ${String(error)}`));

function log(message: string): void {
  const kind =
    message
      .replace(/\b[\da-f]*\d[\da-f]*\b/gu, "#")
      .split("\n", 1)[0]
      ?.slice(0, 160) ?? "";
  if (logged.size < 300 || logged.has(kind)) logged.set(kind, (logged.get(kind) ?? 0) + 1);
  if (/callwire itself|Method .* failed/u.test(message) && failures.length < 20) failures.push(message);
}

const server = await serve(new URL("service.js", import.meta.url), {
  // What serve() refuses by name where there is no such model.
  model: SOAK_MODEL as ModelName,
  workers: Number(SOAK_WORKERS),
  listen: ["tcp://127.0.0.1:0", "tls://127.0.0.1:0", `unix://${SOAK_SOCKET}`],
  tls: { cert: `${SOAK_PEM}.pem`, key: `${SOAK_PEM}.key` },
  sendCompression: "gzip",
  // Short, so that what they are for happens in a soak.
  firstByteTimeoutMs: 8000,
  requestTimeoutMs: 15_000,
  keepaliveTimeMs: 4000,
  keepaliveTimeoutMs: 30_000,
  log,
});

answering({
  places: () => {
    const [tcp = "", tls = ""] = server.addresses.map((url) => url.replace(/^\w+:\/\//u, ""));
    return { tcp, tls, unix: SOAK_SOCKET };
  },
  state: (collected: boolean): ServerState => ({
    sample: sample(collected),
    counters: structuredClone(server.counters),
    running: runningCalls(),
    logged: Object.fromEntries(logged),
    failures,
  }),
  stop: async (graceMs: number): Promise<number> => {
    const started = performance.now();
    await server.stop({ graceMs });
    return performance.now() - started;
  },
});
