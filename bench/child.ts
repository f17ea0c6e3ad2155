import { spawn, spawnSync, type ChildProcess } from "node:child_process";

const PATIENCE_MS = 30_000;
const LAST_WORDS_MS = 300;

/**
 * A measured process: a node script with an IPC channel, on a CPU core of its own where the system can pin.
 *
 * It speaks first (it is ready), then gives exactly one message for each question, in order; all are of one type, which the
 * script promises in messages.ts. Its stderr goes to ours.
 */
export class Child<Message> {
  readonly #process: ChildProcess;
  readonly #what: string;
  readonly #heard: Message[] = [];
  readonly #exit: Promise<void>;
  #over: string | undefined;
  /** The end of what it has said on stderr. */
  #said = "";
  #wake: () => void = () => {};

  /**
   * Starts `script` (a .js file) with `argument`. `what` names it in error messages; `core` is the CPU to pin it to, if that can
   * be done and is wanted; `node` the program that runs it.
   */
  constructor(script: string, options: { argument: string; what: string; core?: number; node: string }) {
    this.#what = options.what;
    const node = [options.node, script, options.argument] as const;
    const pinned = options.core !== undefined && canPin();
    const [command, ...args] = pinned ? ["taskset", "-c", String(options.core), ...node] : node;
    this.#process = spawn(command, args, { stdio: ["ignore", "ignore", "pipe", "ipc"] });
    this.#process.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#said = (this.#said + text).slice(-4000);
      process.stderr.write(text);
    });
    this.#process.on("message", (message: Message) => {
      this.#heard.push(message);
      this.#wake();
    });
    this.#exit = new Promise((resolve) => {
      const over = (why: string): void => {
        this.#over ??= why;
        this.#wake();
        resolve();
      };
      this.#process.on("error", (error) => over(error.message));
      this.#process.on("exit", (code, signal) => {
        const gone = (): void => over(`exit ${code ?? signal}`);
        this.#process.once("close", gone); // its last words have been read
        setTimeout(gone, LAST_WORDS_MS); // a child of its own may still hold its stderr
      });
    });
  }

  /** The next message of the process; fails when it ends first, or says nothing for 30 s. */
  async next(): Promise<Message> {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const message = this.#heard.shift();
      if (message !== undefined) return message;
      if (this.#over !== undefined) throw this.#early();
      if (Date.now() >= deadline)
        throw new Error(`The process of ${this.#what} was silent for ${PATIENCE_MS / 1000} s.`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, deadline - Date.now());
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  /** Sends a question and waits for its answer. */
  async ask(question: string): Promise<Message> {
    // A send to a process that is gone fails here; next() then says why it went.
    if (this.#process.connected) this.#process.send(question, () => {});
    return this.next();
  }

  /** Waits for `ms` milliseconds, or fails as soon as the process ends. */
  async watch(ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const slept = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)));
    await Promise.race([slept, this.#exit]);
    clearTimeout(timer);
    if (this.#over !== undefined) throw this.#early();
  }

  /** Ends the process and waits until it is gone; always resolves. */
  async stop(): Promise<void> {
    if (this.#over === undefined) this.#process.kill("SIGKILL"); // nothing in it is worth saving
    await this.#exit;
  }

  /** That it ended early, with the error that it died of. */
  #early(): Error {
    const cause = /^\w*Error.*: .*$/mu.exec(this.#said)?.[0];
    const why = cause === undefined ? "" : ` It said: ${cause}`;
    return new Error(`The process of ${this.#what} ended early (${this.#over}).${why}`);
  }
}

let pins: boolean | undefined;

/** Whether processes can be pinned to cores 0 and 1 here (`taskset` of Linux, and two cores that are ours). */
export function canPin(): boolean {
  pins ??= ["0", "1"].every((core) => spawnSync("taskset", ["-c", core, "true"]).status === 0);
  return pins;
}
