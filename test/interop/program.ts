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

/** How a program is started that somebody else wrote. */
interface Start {
  readonly env?: Readonly<Record<string, string>>;
  /** It says on stderr, among other things, that it is ready. */
  readonly ready?: RegExp;
  /** Is given how to end it; by default it ends with the running test. */
  readonly ending?: (end: () => void) => void;
}

/** Starts a program that goes on, and waits for its first line, or for the line that says that it is ready. Rejects where it ends without one. */
export async function start(command: string, args: readonly string[], options: Start = {}): Promise<Program> {
  const { env, ready, ending = onTestFinished } = options;
  const stdio =
    ready === undefined ? (["ignore", "pipe", "inherit"] as const) : (["ignore", "ignore", "pipe"] as const);
  const child = spawn(command, args, { stdio: [...stdio], env: { ...ENVIRONMENT, ...env } });
  ending(() => void child.kill("SIGKILL"));
  const first = await new Promise<string>((resolve, reject) => {
    const said = ready === undefined ? child.stdout : child.stderr;
    if (said !== null)
      createInterface({ input: said }).on("line", (line) => {
        if (ready === undefined || ready.test(line)) resolve(line);
      });
    child.once("error", reject);
    child.once("exit", () => reject(new Error(`${command} ${args.join(" ")} ended at once.`)));
  });
  return { child, first };
}

/** How a program is run that comes to an end. */
interface Run {
  /** What it reads on stdin; nothing by default. */
  readonly said?: string;
  /** The number that it has to exit with; 0 by default. */
  readonly exits?: number;
}

/**
 * Runs a program to its end, and resolves with what it printed; where it has to fail, with what it complained of. Rejects where it exits with another
 * number than it should.
 */
export async function run(command: string, args: readonly string[], { said, exits = 0 }: Run = {}): Promise<string> {
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"], env: ENVIRONMENT });
  onTestFinished(() => void child.kill("SIGKILL"));
  let text = "";
  let complaints = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (complaints = (complaints + chunk).slice(-5000)));
  // A program may end before it has read everything.
  child.stdin.on("error", () => {}).end(said);
  const [code] = (await once(child, "close")) as [number];
  if (code !== exits)
    throw new Error(`${command} ${args.join(" ")} exited with ${code}. It said: ${complaints || text}`);
  return exits === 0 ? text : complaints;
}
