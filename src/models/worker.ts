import { type ChildProcess, fork, type SendHandle } from "node:child_process";
import { serialize } from "node:v8";
import { type MessagePort, Worker as Thread } from "node:worker_threads";
import type { Handle } from "../link/handles.js";

/** How workers are started: the file that they run, and what it is told (plain data). */
export interface WorkerPlan {
  readonly entry: URL;
  readonly data: unknown;
  /** How many of them. */
  readonly workers: number;
}

/**
 * What a worker says to its parent. `failed`: it could not load the service; `leaving`: it was sent SIGTERM and waits to be told to stop;
 * `log`: a person should know; `took`: a process has a connection that was handed to it; `closed`: a connection has ended; `call`: events of calls, after it has begun so many of those it was sent, in all.
 */
export type FromWorker =
  | { readonly kind: "ready" }
  | { readonly kind: "failed"; readonly message: string }
  | { readonly kind: "leaving" }
  | { readonly kind: "log"; readonly message: string }
  | { readonly kind: "took" }
  | { readonly kind: "closed" }
  | { readonly kind: "call"; readonly batch: unknown; readonly taken: number };

/** What a parent says to its worker. `leave`: go when what you have has ended by itself; `stop`: let it end, for so long, then cut it; `told`: something for what the worker runs. */
export type ToWorker =
  | { readonly kind: "connection"; readonly address: string; readonly port?: MessagePort }
  | { readonly kind: "leave" }
  | { readonly kind: "stop"; readonly graceMs: number }
  | { readonly kind: "call"; readonly batch: unknown }
  | { readonly kind: "told"; readonly what: unknown };

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

/** Children that live: a process that exits without having stopped them takes them along, be they blocked or not. */
const children = new Set<ChildProcess>();

function killChildren(): void {
  for (const child of children) child.kill("SIGKILL");
}

/** Starts a worker process. It ends by itself when this process does. */
export function startProcess(plan: WorkerPlan, events: WorkerEvents): Worker {
  const child: ChildProcess = fork(plan.entry, {
    env: { ...process.env, CALLWIRE_WORKER: serialize(plan.data).toString("base64") },
    execArgv: withoutScript(process.execArgv),
    serialization: "advanced",
  });
  const name = `process ${child.pid}`;
  /** Connections on their way to the child: where it dies before it has one, another worker can have it. */
  const onTheWay: { readonly handle: Handle; readonly failed: () => void }[] = [];
  if (children.size === 0) process.on("exit", killChildren);
  children.add(child);
  const exit = (how: string): void => {
    if (!children.delete(child)) return;
    if (children.size === 0) process.off("exit", killChildren);
    events.exit(how);
    // What it said before it died is heard before this.
    if (child.connected) child.once("disconnect", giveBack);
    else giveBack();
  };
  const giveBack = (): void => {
    for (const { failed } of onTheWay.splice(0)) failed();
  };
  child.on("message", (received) => {
    const message = received as FromWorker; // worker-side.ts sends nothing else
    if (message.kind === "took") onTheWay.shift()?.handle.close();
    else events.message(message);
  });
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
      const sent = { handle, failed };
      onTheWay.push(sent);
      // A raw handle is not in the declaration of what can be sent; cluster sends them.
      child.send(message, handle as unknown as SendHandle, (error) => {
        const at = error === null ? -1 : onTheWay.indexOf(sent);
        if (at < 0) return;
        onTheWay.splice(at, 1);
        failed();
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
