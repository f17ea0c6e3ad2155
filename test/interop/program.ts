import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

/** A program at work, ended with the test that started it. */
export interface Program {
  readonly child: ChildProcess;
  /** The first line that it prints. */
  readonly first: string;
}

/** Some packages of other people write and read local times; Python leaves no files behind; Perl prints UTF-8. */
const ENVIRONMENT = { ...process.env, TZ: "UTC", PYTHONDONTWRITEBYTECODE: "1", PERL_UNICODE: "S" };

/** The path of a file of this repository. */
export function pathOf(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url));
}

/** Starts a program that goes on, and waits for its first line. Rejects where it ends without one. */
export async function start(command: string, args: readonly string[]): Promise<Program> {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"], env: ENVIRONMENT });
  onTestFinished(() => void child.kill("SIGKILL"));
  const lines = createInterface({ input: child.stdout });
  const [first] = (await Promise.race([
    once(lines, "line"),
    once(child, "error").then(([error]) => Promise.reject(error as Error)),
    once(child, "exit").then(() => Promise.reject(new Error(`${command} ${args.join(" ")} ended at once.`))),
  ])) as [string];
  return { child, first };
}

/** Runs a program to its end; rejects where that is not 0. */
export async function run(command: string, args: readonly string[]): Promise<string> {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"], env: ENVIRONMENT });
  onTestFinished(() => void child.kill("SIGKILL"));
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
  const [code] = (await once(child, "close")) as [number];
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} exited with ${code}.`);
  return text;
}
