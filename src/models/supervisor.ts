import type { FromWorker, Worker, WorkerEvents } from "./worker.js";

const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 10_000;
/** A worker that lives so long has started well. */
const STEADY_MS = 5000;
/** So many workers in a row that did not start well are a crash loop. */
const CRASH_LOOP = 10;

/** What a supervisor needs to know. */
export interface SupervisorOptions {
  readonly start: (events: WorkerEvents) => Worker;
  readonly log: (message: string) => void;
  /** A worker can be given work. */
  readonly joined: (worker: Worker) => void;
  /** A worker can be given no more work: it is gone, or will go when its work is done. */
  readonly left: (worker: Worker, gone: boolean) => void;
  readonly message: (worker: Worker, message: FromWorker) => void;
  /** No worker is left, and starting more is of no use. */
  readonly hopeless: (error: Error) => void;
}

interface Member {
  readonly worker: Worker;
  readonly since: number;
  /** It is meant to go. */
  leaving: boolean;
}

/** Keeps a number of workers alive: those that die are replaced, ever more slowly while they die at once. */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #members: Set<Member> = new Set();
  #wanted = 0;
  #starting = 0;
  #failures = 0;
  #timer: NodeJS.Timeout | undefined = undefined;
  #stopping = false;
  #emptied: (() => void) | undefined = undefined;

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  /** Workers that are there or on their way. */
  get size(): number {
    return [...this.#members].filter(({ leaving }) => !leaving).length + this.#starting;
  }

  /** Wants so many workers from now on. Resolves when they are ready; rejects where one cannot load the service. */
  async want(count: number): Promise<void> {
    this.#wanted = count;
    await Promise.all(Array.from({ length: Math.max(0, count - this.size) }, () => this.#start()));
  }

  /** Lets a worker go when its work is done, and wants one less. */
  dismiss(worker: Worker): void {
    this.#wanted -= 1;
    this.#release(worker);
  }

  /** Replaces all workers, one by one: the new one is ready before the old one is let go. */
  async reload(): Promise<void> {
    for (const member of [...this.#members]) {
      if (this.#stopping || member.leaving) continue;
      // oxlint-disable-next-line no-await-in-loop -- one by one, so that there is always somebody to take work
      await this.#start();
      this.#release(member.worker);
    }
  }

  /** Lets all workers end their work, for `graceMs`, then ends them. Always resolves, and no worker is left then. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#timer);
    if (this.#members.size === 0) return;
    const emptied = new Promise<void>((resolve) => {
      this.#emptied = resolve;
    });
    for (const { worker } of this.#members) worker.post({ kind: "stop", graceMs });
    // A worker that is blocked in a method hears nothing.
    const kill = setTimeout(() => {
      for (const { worker } of this.#members) worker.kill();
    }, graceMs + 500);
    await emptied;
    clearTimeout(kill);
  }

  #release(worker: Worker): void {
    for (const member of this.#members) if (member.worker === worker) member.leaving = true;
    this.#options.left(worker, false);
    worker.post({ kind: "stop", graceMs: 3_600_000 });
  }

  #start(): Promise<void> {
    this.#starting += 1;
    return new Promise((resolve, reject) => {
      let ready = false;
      const worker = this.#options.start({
        message: (message) => {
          if (message.kind === "ready") {
            ready = true;
            this.#starting -= 1;
            this.#members.add(member);
            if (this.#stopping) worker.post({ kind: "stop", graceMs: 0 });
            else this.#options.joined(worker);
            resolve();
          } else if (message.kind === "failed") reject(new Error(message.message));
          else this.#options.message(worker, message);
        },
        exit: (how) => {
          if (!ready) this.#starting -= 1;
          this.#gone(member, ready, how);
          reject(new Error(`A worker ${how} before it was ready.`));
        },
      });
      const member: Member = { worker, since: performance.now(), leaving: false };
    });
  }

  #gone(member: Member, ready: boolean, how: string): void {
    this.#members.delete(member);
    if (ready) this.#options.left(member.worker, true);
    if (this.#stopping) {
      if (this.#members.size === 0) this.#emptied?.();
      return;
    }
    if (member.leaving) return;
    this.#failures = performance.now() - member.since > STEADY_MS ? 0 : this.#failures + 1;
    this.#options.log(`Worker ${member.worker.name} ${how}.`);
    if (ready || this.#failures > 1) this.#replace();
  }

  /** Starts what is missing: at once the first time, then after a while that doubles. */
  #replace(): void {
    if (this.#timer !== undefined) return;
    if (this.#failures >= CRASH_LOOP) {
      const message = `${this.#failures} workers in a row died within ${STEADY_MS / 1000} s: none is started any more.`;
      this.#options.log(message);
      if (this.#members.size === 0) this.#options.hopeless(new Error(message));
      return;
    }
    const wait = this.#failures <= 1 ? 0 : Math.min(FIRST_RETRY_MS * 2 ** (this.#failures - 2), LONGEST_RETRY_MS);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      for (let missing = this.#wanted - this.size; missing > 0; missing -= 1) this.#start().catch(() => {});
    }, wait);
  }
}
