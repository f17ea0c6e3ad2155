import type { FromWorker, Worker, WorkerEvents } from "./worker.js";

const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 10_000;
/** A worker that has been ready for so long has started well. */
const STEADY_MS = 2000;
/** So many workers in a row, in one place, that did not start well are a crash loop. */
const CRASH_LOOP = 10;
/** A worker that was told to end, and has not after its time and this, is ended. */
const KILL_MS = 500;
/** A worker that was sent SIGTERM lets its calls end for so long. */
const TERMINATED_GRACE_MS = 10_000;

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
  state: "starting" | "ready" | "leaving";
  /** When it got ready. */
  since: number;
  /** How many before it, in its place, did not start well. */
  readonly failures: number;
  /** Another one is started if it does not get ready. */
  readonly insist: boolean;
  /** Why it could not start, in its own words. */
  problem: string | undefined;
}

/** Keeps a number of workers alive: those that die are replaced, ever more slowly while they die at once. */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #members: Set<Member> = new Set();
  /** Workers that will be started in a while. */
  readonly #retries: Set<NodeJS.Timeout> = new Set();
  /** What workers have been told, by key. */
  readonly #told: Map<string, unknown> = new Map();
  #wanted = 0;
  #reloading: Promise<void> = Promise.resolve();
  #stopping = false;
  #emptied: (() => void) | undefined = undefined;

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  /** How many workers there are to be. */
  get wanted(): number {
    return this.#wanted;
  }

  /** Starts so many workers. Resolves when they are ready; rejects, with a sentence, where one cannot load the service. */
  async open(count: number): Promise<void> {
    this.#wanted = count;
    await Promise.all(Array.from({ length: count }, () => this.#start({ failures: 0, insist: false })));
  }

  /** Wants one worker more. */
  grow(): void {
    this.#wanted += 1;
    this.#replace(0);
  }

  /** Lets a worker go when its work is done, and wants one less. */
  dismiss(worker: Worker): void {
    this.#wanted -= 1;
    this.#release(worker);
  }

  /**
   * Replaces all workers, one by one: the new one is ready before the old one is let go. Rejects where a new one cannot start; those that are
   * there stay then. Starts workers again that were given up.
   */
  reload(): Promise<void> {
    const reloading = this.#reloading.then(() => this.#renew());
    this.#reloading = reloading.catch(() => {});
    return reloading;
  }

  /** Tells all workers something, and those that come later before their first work; of what has one key, the last. */
  tell(key: string, what: unknown): void {
    this.#told.set(key, what);
    for (const { worker, state } of this.#members) if (state !== "starting") worker.post({ kind: "told", what });
  }

  /** Lets all workers end their work, for `graceMs`, then ends them. Always resolves, and no worker is left then. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    for (const retry of this.#retries) clearTimeout(retry);
    this.#retries.clear();
    if (this.#members.size === 0) return;
    const emptied = new Promise<void>((resolve) => {
      this.#emptied = resolve;
    });
    for (const { worker, state } of this.#members) {
      if (state === "starting") worker.kill();
      else worker.post({ kind: "stop", graceMs });
    }
    // A worker that is blocked in a method hears nothing.
    const kill = setTimeout(() => {
      for (const { worker } of this.#members) worker.kill();
    }, graceMs + KILL_MS);
    await emptied;
    clearTimeout(kill);
  }

  async #renew(): Promise<void> {
    const old = [...this.#members].filter(({ state }) => state !== "leaving");
    const missing = this.#wanted - old.length - this.#retries.size;
    for (let n = 0; n < missing && !this.#stopping; n += 1) {
      await this.#start({ failures: 0, insist: false });
    }
    for (const member of old) {
      if (this.#stopping || !this.#members.has(member) || member.state === "leaving") continue;
      // One by one, so that there is always somebody to take work
      await this.#start({ failures: 0, insist: false });
      this.#release(member.worker);
    }
  }

  #release(worker: Worker): void {
    for (const member of this.#members) {
      if (member.worker !== worker || member.state === "leaving") continue;
      const known = member.state === "ready";
      member.state = "leaving";
      if (known) this.#options.left(worker, false);
      worker.post({ kind: "leave" });
    }
  }

  #start({ failures, insist }: Pick<Member, "failures" | "insist">): Promise<void> {
    if (this.#stopping) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const worker = this.#options.start({
        message: (message) => {
          if (message.kind === "ready") {
            this.#ready(member);
            resolve();
          } else if (message.kind === "failed") {
            member.problem = message.message;
            reject(new Error(message.message));
          } else if (message.kind === "leaving") this.#terminated(member);
          else if (message.kind === "log") this.#options.log(message.message);
          else this.#options.message(worker, message);
        },
        exit: (how) => {
          this.#gone(member, how);
          reject(new Error(`A worker ${how} before it was ready.`));
        },
      });
      const member: Member = { worker, state: "starting", since: 0, failures, insist, problem: undefined };
      this.#members.add(member);
    });
  }

  #ready(member: Member): void {
    member.since = performance.now();
    // It may have been let go, or stopped, while it started.
    if (member.state !== "starting" || this.#stopping) return;
    member.state = "ready";
    for (const what of this.#told.values()) member.worker.post({ kind: "told", what });
    this.#options.joined(member.worker);
  }

  /** Somebody has sent the worker SIGTERM: it is let go, and replaced. */
  #terminated(member: Member): void {
    if (member.state !== "ready" || this.#stopping) return;
    member.state = "leaving";
    this.#options.left(member.worker, false);
    member.worker.post({ kind: "stop", graceMs: TERMINATED_GRACE_MS });
    this.#replace(0);
  }

  #gone(member: Member, how: string): void {
    const { worker, state, since, failures, insist, problem } = member;
    if (!this.#members.delete(member)) return;
    if (state !== "starting") this.#options.left(worker, true);
    if (this.#stopping) {
      if (this.#members.size === 0) this.#emptied?.();
      return;
    }
    if (state === "leaving" || (state === "starting" && !insist)) return;
    const fate = problem === undefined ? how : `could not start: ${problem}`;
    this.#options.log(`Worker ${worker.name} ${fate}${/[.!?]$/u.test(fate) ? "" : "."}`);
    const steady = state === "ready" && performance.now() - since > STEADY_MS;
    if (!steady && failures + 1 >= CRASH_LOOP) this.#giveUp(fate);
    else this.#replace(steady ? 0 : failures + 1);
  }

  /** Starts a worker in a place where so many before it did not do well: at once after the first, then after a while that doubles. */
  #replace(failures: number): void {
    const go = (): void => {
      // What it rejects with has been logged.
      this.#start({ failures, insist: true }).catch(() => {});
    };
    if (failures <= 1) {
      go();
      return;
    }
    const retry = setTimeout(
      () => {
        this.#retries.delete(retry);
        go();
      },
      Math.min(FIRST_RETRY_MS * 2 ** (failures - 2), LONGEST_RETRY_MS),
    );
    this.#retries.add(retry);
  }

  #giveUp(fate: string): void {
    const message = `${CRASH_LOOP} workers in a row died as they started, so that no more are started in their place; the last one ${fate}`;
    this.#options.log(message);
    if (this.#retries.size > 0 || [...this.#members].some(({ state }) => state !== "leaving")) return;
    this.#options.hopeless(new Error(message));
  }
}
