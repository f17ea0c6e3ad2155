import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable } from "node:stream";

/** How a program ended: its exit code or the signal that ended it, and what it said. */
export interface Ended {
  readonly code: number | NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Where a program runs. */
export interface ProgramOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** It is killed after so long; 60 s by default. */
  readonly timeoutMs?: number;
}

/** A program at work, without input. */
export class Program {
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  readonly #firstLine: Promise<string>;

  constructor(command: readonly string[], { cwd, env, timeoutMs = 60_000 }: ProgramOptions) {
    const [path = "", ...args] = command;
    const options = { cwd, env, timeout: timeoutMs, killSignal: "SIGKILL" } as const;
    this.#child = spawn(path, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    let tellLine: (line: string) => void = () => {};
    this.#firstLine = new Promise((resolve) => {
      tellLine = resolve;
    });
    this.#child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      if (stdout.includes("\n")) tellLine(stdout.slice(0, stdout.indexOf("\n")));
    });
    this.#child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    this.ended = new Promise((resolve) => {
      const end = (code: Ended["code"]): void => {
        tellLine(stdout);
        resolve({ code, stdout, stderr });
      };
      this.#child.on("error", (error) => {
        stderr += error.message;
        end(null);
      });
      this.#child.on("close", (code, signal) => end(code ?? signal));
    });
  }

  /** The first line that it prints; what it printed where it ends before that. */
  firstLine(): Promise<string> {
    return this.#firstLine;
  }

  /** Asks it to stop. */
  stop(): void {
    this.#child.kill("SIGTERM");
  }
}

/** What is wrong with a program's end: undefined where it exited with 0, said nothing on stderr, and `stdout` (if given) on stdout. */
export function wrongWith({ code, stdout, stderr }: Ended, what: string, expected?: string): string | undefined {
  if (code === 0 && stderr === "" && (expected === undefined || stdout.trim() === expected)) return undefined;
  const wanted = expected === undefined ? "" : `, where ${expected} was to come`;
  return `${what} ended with ${code}${wanted}:\n${stdout}${stderr}`.trimEnd();
}
