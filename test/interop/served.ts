import { serve } from "callwire";
import { onTestFinished } from "vitest";
import { pathOf, run, start } from "./program.js";
import { interop, typed } from "./service.js";
import { validator1 } from "./validator1.js";

/** Serves the services of these tests on every wire, until the running test ends; resolves with `HOST:PORT`. */
export async function served(): Promise<string> {
  const server = await serve([interop, typed, validator1], { listen: ["tcp://127.0.0.1:0"], log: () => {} });
  onTestFinished(() => server.stop({ graceMs: 0 }));
  return (server.addresses[0] ?? "").slice("tcp://".length);
}

/** Starts one of the programs beside this file that serve; resolves with its `HOST:PORT`. */
export async function programServing(name: string, ...args: readonly string[]): Promise<string> {
  const { first } = await start(...commandOf(name, args));
  return first.replace(/^port /u, "127.0.0.1:");
}

/** Runs one of the programs that check; rejects where a check fails. Resolves with the number of checks, for there to be some. */
export async function programChecks(name: string, ...args: readonly string[]): Promise<number> {
  const printed = await run(...commandOf(name, args));
  return printed.split("\n").filter((line) => line.startsWith("ok ")).length;
}

function commandOf(name: string, args: readonly string[]): [command: string, args: readonly string[]] {
  const path = pathOf(`test/interop/programs/${name}`);
  if (name.endsWith(".py")) return ["python3", [path, ...args]];
  // Modules may import the messages of the examples, which are TypeScript.
  return [process.execPath, name.endsWith(".mjs") ? ["--import", "tsx", path, ...args] : [path, ...args]];
}
