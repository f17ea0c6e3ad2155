import { spawn, type ChildProcessByStdio } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { later } from "./later.js";

/** The root of this repository. */
export const REPOSITORY: string = fileURLToPath(new URL("../../", import.meta.url));
/** The program as users start it. It runs `dist/`, which `npm ci` and `npm run build` make: build after a change of `src/`. */
const PROGRAM = join(REPOSITORY, "bin/callwire.js");

/** How a program ended, and all that it said. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command line program at work, killed after the last test. */
export class Program {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly ended: Promise<Ended>;
  stdout: string = "";
  stderr: string = "";
  readonly #watchers: Set<() => void> = new Set();

  constructor(args: readonly string[], cwd: string = REPOSITORY) {
    this.child = spawn(process.execPath, [PROGRAM, ...args], { cwd, stdio: ["pipe", "pipe", "pipe"] });
    later(() => void this.child.kill("SIGKILL"));
    this.child.stdin.on("error", () => {});
    this.child.stdout.setEncoding("utf8").on("data", (text: string) => this.#heard("stdout", text));
    this.child.stderr.setEncoding("utf8").on("data", (text: string) => this.#heard("stderr", text));
    this.ended = new Promise((resolve) => {
      this.child.on("close", (code) => {
        resolve({ code, stdout: this.stdout, stderr: this.stderr });
        this.#tell();
      });
    });
  }

  /** Waits until the output has what is looked for; rejects where the program ends without it. */
  async says(what: RegExp, where: "stdout" | "stderr" = "stdout"): Promise<RegExpExecArray> {
    for (;;) {
      const found = what.exec(this[where]);
      if (found !== null) return found;
      if (this.child.exitCode !== null)
        throw new Error(`It ended before it said ${what}: ${this.stdout}${this.stderr}`);
      await new Promise<void>((resolve) => {
        this.#watchers.add(resolve);
      });
    }
  }

  #heard(where: "stdout" | "stderr", text: string): void {
    this[where] += text;
    this.#tell();
  }

  #tell(): void {
    for (const watcher of this.#watchers) watcher();
    this.#watchers.clear();
  }
}

/** Runs the program to its end, with `input` on stdin. */
export async function run(args: readonly string[], input = ""): Promise<Ended> {
  const program = new Program(args);
  program.child.stdin.end(input);
  return await program.ended;
}

/** A new folder like a user's project: callwire and the named packages are installed, and the files (path → text) are in it. */
export function userProject(files: Readonly<Record<string, string>>, packages: readonly string[] = []): string {
  const root = mkdtempSync(join(tmpdir(), "callwire-cli-"));
  later(() => rmSync(root, { recursive: true, force: true }));
  mkdirSync(join(root, "node_modules"));
  symlinkSync(REPOSITORY, join(root, "node_modules/callwire"));
  for (const name of packages) symlinkSync(join(REPOSITORY, "node_modules", name), join(root, "node_modules", name));
  for (const [path, text] of Object.entries({ "package.json": '{ "type": "module" }', ...files })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}
