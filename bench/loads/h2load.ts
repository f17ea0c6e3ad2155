import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { canPin } from "../child.js";
import type { Tool, ToolOrder } from "../tool.js";
import { readH2load } from "./h2load-output.js";

/** What h2load sends. */
interface Sends {
  readonly name: string;
  /** Of HTTP: 2 without TLS, or 1.1 with one call at a time on each connection. */
  readonly version: "2" | "1.1";
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The body of a request with that payload; the answer's has as many bytes, for the method is an echo. */
  readonly body: (payload: string) => Uint8Array | string;
  /** See `Tool`. */
  readonly witness: string;
}

/** How long h2load may take to end after the time that it was given, milliseconds. */
const PATIENCE_MS = 20_000;

/** The h2load of nghttp2 as a load. It tells no latencies without a line on disk for each call, which would cost it more than the call. */
export function h2load(sends: Sends): Tool {
  return {
    name: `h2load, ${sends.name}`,
    witness: sends.witness,
    missing: () =>
      spawnSync("h2load", ["--version"]).status === 0
        ? undefined
        : "There is no h2load here. Install it: apt-get install nghttp2-client.",
    run: async (order) => {
      const folder = mkdtempSync(join(tmpdir(), "callwire-h2load-"));
      try {
        const file = join(folder, "body");
        const body = sends.body(order.payload);
        writeFileSync(file, body);
        return readH2load(await output(argumentsOf(sends, order, file), order), body.length);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  };
}

function argumentsOf(sends: Sends, { address, connections, inflight, seconds }: ToolOrder, file: string): string[] {
  return [
    ...(sends.version === "1.1" ? ["--h1"] : []),
    `--clients=${connections}`,
    `--max-concurrent-streams=${sends.version === "1.1" ? 1 : Math.ceil(inflight / connections)}`,
    `--duration=${Math.round(seconds * 1000)}ms`,
    `--data=${file}`,
    ...Object.entries(sends.headers).map(([name, value]) => `--header=${name}: ${value}`),
    address.replace(/^tcp:/u, "http:") + sends.path,
  ];
}

/** What h2load prints, with the shell's `times` behind it. */
function output(args: readonly string[], { core, seconds }: ToolOrder): Promise<string> {
  // The shell tells what its child has used, which node does not.
  const shell = ["sh", "-c", 'h2load "$@"; code=$?; times; exit $code', "h2load", ...args] as const;
  const [command, ...rest] = canPin() ? ["taskset", "-c", String(core), ...shell] : shell;
  return new Promise((resolve, reject) => {
    const child = spawn(command, rest, {
      stdio: ["ignore", "pipe", "inherit"],
      timeout: seconds * 1000 + PATIENCE_MS,
      killSignal: "SIGKILL",
    });
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (code === 0) resolve(text);
      else reject(new Error(`h2load ended with ${code ?? signal}; it said: ${text.slice(-500)}`));
    });
  });
}
