import { onTestFinished } from "vitest";
import type { serve, ServeOptions, Server } from "../../src/server.js";
import type { ModelName } from "../../src/models/model-names.js";
import { RawPeer } from "../frame/raw-peer.js";

// What was built, since its workers are; the types are those of what it was built from.
const built = (await import(new URL("../../dist/server.js", import.meta.url).href)) as { serve: typeof serve };

/** `serve` as users have it. */
export const serveBuilt: typeof serve = built.serve;

/** The models, and those of them that have workers. */
export const MODELS: readonly ModelName[] = [
  "single",
  "threads",
  "processes",
  "prefork",
  "async",
  "prefork-async",
  "pool",
];
export const WITH_WORKERS: readonly ModelName[] = MODELS.filter((name) => name !== "single" && name !== "async");

/** A module of fixtures. */
export function fixture(name: string): URL {
  return new URL(`./fixtures/${name}`, import.meta.url);
}

/** A server under test, what it logged, and connections to it that know nothing of callwire. */
export interface Scene {
  readonly server: Server;
  readonly logged: string[];
  readonly connect: () => Promise<RawPeer>;
}

/** Serves the tools, or another module, under a model with two workers; the server is stopped when the running test ends. */
export async function served(
  model: ModelName,
  options: ServeOptions = {},
  module: URL = fixture("tools.mjs"),
): Promise<Scene> {
  const logged: string[] = [];
  const server = await serveBuilt(module, {
    model,
    workers: 2,
    listen: ["tcp://127.0.0.1:0"],
    log: (line) => logged.push(line),
    ...options,
  });
  onTestFinished(() => server.stop({ graceMs: 0 }));
  return { server, logged, connect: () => RawPeer.to(server.addresses[0]) };
}

/** Calls a method by a frame, and returns the result of its answer. Rejects with `code: message` where that is an error. */
export async function ask(peer: RawPeer, method: string, params: unknown = []): Promise<unknown> {
  peer.say({ in: method, params });
  return result(await peer.hear());
}

/** The result of an answer, or an Error with `code: message`. */
export function result(answer: unknown): unknown {
  const { out, result: value } = answer as { out?: string; result?: unknown }; // an answer frame
  if (out !== "error") return value;
  const { code, message } = value as { code: string; message: string }; // an error's result
  throw new Error(`${code}: ${message}`);
}

/** Which process and thread answers. */
export async function whoami(peer: RawPeer): Promise<{ pid: number; threadId: number }> {
  return (await ask(peer, "whoami")) as { pid: number; threadId: number }; // what the tools answer
}

/** Whether a process is there, and not only its remains. */
export function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Resolves when something has become so; looks again in every turn. */
export async function until(so: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await so())) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** An answer, and a moment: a load that is steady, and leaves the cores to workers that start. */
export async function paced<T>(answer: Promise<T>): Promise<T> {
  const value = await answer;
  await new Promise((resolve) => setTimeout(resolve, 2));
  return value;
}
