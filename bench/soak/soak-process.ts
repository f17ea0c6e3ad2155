import { type ChildProcess, spawn } from "node:child_process";
import type { Question, Reply } from "./answering.js";

/** A process that is watched: the server, or the load. */
export class SoakProcess {
  readonly #child: ChildProcess;
  readonly #what: string;
  readonly #waiting: Map<number, (reply: Reply) => void> = new Map();
  readonly #exit: Promise<string>;
  /** What it said on stderr, the beginning of it. */
  said = "";
  #over: string | undefined;
  #asked = 0;

  constructor(script: string, { what, argument }: { readonly what: string; readonly argument: unknown }) {
    this.#what = what;
    const env = { ...process.env, ...(argument as Record<string, string>) }; // strings, as the caller has them
    this.#child = spawn(process.execPath, [script], { stdio: ["ignore", "inherit", "pipe", "ipc"], env });
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.said = (this.said + text).slice(0, 20_000);
    });
    this.#child.on("message", (message) => {
      const reply = message as Reply; // what answering() says
      this.#waiting.get(reply.id)?.(reply);
      this.#waiting.delete(reply.id);
    });
    this.#exit = new Promise((resolve) => {
      this.#child.on("error", (error) => resolve(error.message));
      this.#child.on("exit", (code, signal) => resolve(`exit ${code ?? signal}`));
    });
    void this.#exit.then((how) => {
      this.#over = how;
      for (const [id, hear] of this.#waiting)
        hear({ id, failure: `The ${what} ended early (${how}). ${this.said.slice(0, 3000)}` });
    });
  }

  /** Asks it, and resolves with its answer; rejects where it fails, ends, or says nothing for so long. */
  async ask<T>(what: string, argument: unknown = null, limitMs: number = 60_000): Promise<T> {
    if (this.#over !== undefined)
      throw new Error(`The ${this.#what} has ended (${this.#over}). ${this.said.slice(0, 3000)}`);
    const id = (this.#asked += 1);
    let timer: NodeJS.Timeout | undefined;
    const reply = await new Promise<Reply>((resolve) => {
      timer = setTimeout(
        () => resolve({ id, failure: `The ${this.#what} did not answer "${what}" within ${limitMs} ms.` }),
        limitMs,
      );
      this.#waiting.set(id, resolve);
      const question: Question = { id, what, argument };
      this.#child.send(question, () => {});
    });
    clearTimeout(timer);
    if (reply.failure !== undefined) throw new Error(reply.failure);
    return reply.value as T; // what it answers such a question
  }

  /** Lets it go, and says how it ended by itself; undefined: it did not within so long. */
  async end(limitMs: number): Promise<string | undefined> {
    if (this.#over === undefined) this.#child.send({ id: 0, what: "end", argument: null } satisfies Question, () => {});
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), limitMs)));
    const how = await Promise.race([this.#exit, late]);
    clearTimeout(timer);
    return how;
  }

  /** Ends it at once, if it is still there. */
  async kill(): Promise<void> {
    if (this.#over === undefined) this.#child.kill("SIGKILL");
    await this.#exit;
  }
}
