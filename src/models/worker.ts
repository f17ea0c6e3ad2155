import { type ChildProcess, fork, type SendHandle } from "node:child_process";
import { type MessagePort, Worker as Thread } from "node:worker_threads";
import type { Handle } from "../link/passing.js";

/** How workers are started: the file that they run, and what it is told (plain data). */
export interface WorkerPlan {
  readonly entry: URL;
  readonly data: unknown;
  /** How many of them. */
  readonly workers: number;
}

/**
 * What a worker says to its parent. `failed`: it could not load the service; `closed`: a connection has ended;
 * `call`: events of calls, after it has begun `taken` of those it was sent, which kept it for so many microseconds.
 */
export type FromWorker =
  | { readonly kind: "ready"; readonly services: readonly string[] }
  | { readonly kind: "failed"; readonly message: string }
  | { readonly kind: "closed" }
  | { readonly kind: "call"; readonly batch: unknown; readonly taken: number; readonly micros: number };

/** What a parent says to its worker. */
export type ToWorker =
  | { readonly kind: "connection"; readonly address: string; readonly port?: MessagePort }
  | { readonly kind: "stop"; readonly graceMs: number }
  | { readonly kind: "call"; readonly batch: unknown };

/** What a worker's owner hears. */
export interface WorkerEvents {
  message(message: FromWorker): void;
  /** It is gone; `how` says in words how it went. */
  exit(how: string): void;
}

/** A worker as its parent sees it: a process or a thread. */
export interface Worker {
  /** For people: `process 4711`, `thread 3`. */
  readonly name: string;
  post(message: ToWorker, transfer?: readonly MessagePort[]): void;
  /** Hands a connection over; `failed` is called where the worker was gone already. Processes only. */
  hand(message: ToWorker, handle: Handle, failed: () => void): void;
  /** Ends it at once. */
  kill(): void;
}

/** Starts a worker process. It ends by itself when this process does. */
export function startProcess(plan: WorkerPlan, events: WorkerEvents): Worker {
  const child: ChildProcess = fork(plan.entry, {
    env: { ...process.env, CALLWIRE_WORKER: JSON.stringify(plan.data) },
    execArgv: withoutScript(process.execArgv),
    serialization: "advanced",
  });
  const name = `process ${child.pid}`;
  /** Connections that the system has not taken yet: node forgets them when the child dies. */
  const unsent = new Set<() => void>();
  let gone = false;
  const exit = (how: string): void => {
    if (gone) return;
    gone = true;
    events.exit(how);
    for (const back of unsent) back();
  };
  child.on("message", (message) => events.message(message as FromWorker)); // worker-side.ts sends nothing else
  child.on("error", (error) => exit(`could not be started or reached: ${error.message}`));
  child.on("exit", (code, signal) => exit(signal === null ? `exited with code ${code}` : `was ended by ${signal}`));
  return {
    name,
    post: (message) => {
      if (child.connected) child.send(message, () => {}); // a child that is gone tells so by its exit
    },
    hand: (message, handle, failed) => {
      if (!child.connected) {
        failed();
        return;
      }
      const back = (): void => {
        if (unsent.delete(back)) failed();
      };
      unsent.add(back);
      // A raw handle is not in the declaration of what can be sent; cluster sends them.
      child.send(message, handle as unknown as SendHandle, (error) => {
        if (error !== null) back();
        else if (unsent.delete(back)) handle.close();
      });
    },
    kill: () => void child.kill("SIGKILL"),
  };
}

/** Options of node that say what it runs, and so are not for a child that runs something else. */
const SCRIPT_OPTIONS = /^(?:-e|-p|-pe|--eval|--print)$/u;

function withoutScript(options: readonly string[]): string[] {
  return options.filter((option, at) => {
    const before = options[at - 1] ?? "";
    return (
      !SCRIPT_OPTIONS.test(option) && !SCRIPT_OPTIONS.test(before) && !/^--(?:input-type|eval=|print=)/u.test(option)
    );
  });
}

/** Starts a worker thread. */
export function startThread(plan: WorkerPlan, events: WorkerEvents): Worker {
  const thread = new Thread(plan.entry, { workerData: plan.data });
  const name = `thread ${thread.threadId}`;
  let failure = "";
  thread.on("message", (message) => events.message(message as FromWorker)); // worker-side.ts sends nothing else
  thread.on("error", (error: unknown) => {
    failure = `failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
  });
  thread.on("exit", (code) => events.exit(failure === "" ? `exited with code ${code}` : failure));
  return {
    name,
    post: (message, transfer = []) => thread.postMessage(message, transfer),
    hand: (_message, _handle, failed) => failed(),
    kill: () => void thread.terminate(),
  };
}
