import { onTestFinished } from "vitest";
import type { Fields } from "../../src/call/fields.js";
import { NO_FIELDS } from "../../src/call/fields.js";
import { RpcError } from "../../src/call/rpc-error.js";
import type { Body, CallHead, Dispatch, Sink } from "../../src/call/sink.js";
import type { Status } from "../../src/call/status.js";
import { type ClientParts, clientOf } from "../../src/call/stub.js";
import { value } from "../../src/codecs/value.js";
import type { Client, FunctionsClient } from "../../src/contract/infer.js";
import { CHOSEN, Kit, type KitServer, kitServer, type plain } from "./service.js";
import type { Carries } from "./carries.js";
import { type Witness, witness } from "./witness.js";

/** A way from a caller to the kit's server. */
export interface World {
  readonly dispatch: Dispatch;
  /** Ends everything that was opened for it. */
  close(): Promise<void>;
  /** Cuts the way as a crash of the caller or of the network would. */
  sever?(): void;
}

/** Opens a world that leads to a server of the kit. */
export type Open = (server: KitServer) => World | Promise<World>;

/** What a test of the kit has: a world of its own, which is closed when the test ends. */
export interface Scene {
  readonly world: World;
  readonly seen: Witness;
  /** A client of the kit's contract. */
  readonly client: Client<typeof Kit>;
}

/** Opens a world for the running test. */
export async function arrange(open: Open, parts: Partial<ClientParts> = {}): Promise<Scene> {
  const seen = witness();
  const world = await open(kitServer(seen));
  onTestFinished(() => world.close());
  // A client of Kit by its contract.
  return { world, seen, client: clientOf(Kit, partsOf(world, parts)) as Client<typeof Kit> };
}

/** A client of the kit's plain functions. */
export function plainClient(world: World): FunctionsClient<typeof plain> {
  return clientOf("plain", partsOf(world, {})) as FunctionsClient<typeof plain>; // by the type alone, as users do
}

function partsOf(world: World, parts: Partial<ClientParts>): ClientParts {
  const { dispatch } = world;
  const close = (): Promise<void> => Promise.resolve();
  return { dispatch, codec: value, peer: { address: "memory://kit" }, forwardHeaders: CHOSEN, close, ...parts };
}

/** Hears the answer of a call that is made by hand, on the Dispatch itself. */
export class Recorder implements Sink {
  readonly messages: Body[] = [];
  fields: Fields | undefined = undefined;
  status: Status | undefined = undefined;
  /** What came against the order: head, messages, end. */
  readonly disorder: string[] = [];
  readonly over: Promise<Status>;
  #resolve!: (status: Status) => void;
  #drained: (() => void) | undefined = undefined;

  constructor() {
    this.over = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  head(fields: Fields): void {
    if (this.fields !== undefined || this.messages.length > 0) this.disorder.push("head after the beginning");
    if (this.status !== undefined) this.disorder.push("head after the end");
    this.fields = fields;
  }

  message(body: Body): boolean {
    if (this.status !== undefined) this.disorder.push("message after the end");
    this.messages.push(body);
    return true;
  }

  end(status: Status, last?: Body): void {
    if (this.status !== undefined) this.disorder.push("end after the end");
    if (last !== undefined) this.messages.push(last);
    this.status = status;
    this.#resolve(status);
  }

  drain(): void {
    this.#drained?.();
  }

  /** Says a message, and waits for room where there is none. */
  async say(request: Sink, body: Body): Promise<void> {
    if (request.message(body) || this.status !== undefined) return;
    await new Promise<void>((resolve) => {
      this.#drained = resolve;
    });
  }
}

/** Opens a call by hand. */
export function callByHand(world: World, path: string, asked: Partial<CallHead> = {}): [Sink, Recorder] {
  const reply = new Recorder();
  const head: CallHead = {
    path,
    codec: "value",
    timeoutMs: undefined,
    fields: NO_FIELDS,
    peer: { address: "memory://kit" },
    positional: false,
    shape: "unary",
    ...asked,
  };
  return [world.dispatch(head, reply), reply];
}

/** The error that a call rejects with. Throws where it does not, or with anything but an RpcError. */
export async function errorFrom(answer: unknown): Promise<RpcError> {
  try {
    if (typeof answer === "object" && answer !== null && Symbol.asyncIterator in answer)
      // What is async-iterable is a stream here.
      await all(answer as AsyncIterable<unknown>);
    else await answer;
  } catch (error) {
    if (error instanceof RpcError) return error;
    throw error;
  }
  throw new Error("The call was expected to fail, and it did not.");
}

/**
 * Resolves when a method has told how it heard of its call's end: `a aborted canceled`. Where the wire does not carry the reason, the
 * last word may be that of any end from outside.
 */
export async function heardEnd(seen: Witness, event: string, { reasons }: Carries): Promise<void> {
  if (reasons) return await seen.heard(event);
  const what = event.slice(0, event.lastIndexOf(" "));
  await Promise.race(["canceled", "deadline_exceeded", "unavailable"].map((code) => seen.heard(`${what} ${code}`)));
}

/** Every message of a stream. */
export async function all<T>(messages: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const message of messages) list.push(message);
  return list;
}

/** Waits until a number has stood still for many turns of the event loop. */
export async function still(count: () => number): Promise<number> {
  let last = count();
  for (let turns = 0; turns < 50; turns += 1) {
    await new Promise(setImmediate);
    if (count() !== last) turns = 0;
    last = count();
  }
  return last;
}
