import type { Block } from "./contract.js";
import { type Either, open, type Open } from "./clients.js";
import { FlakyProxy } from "./flaky-proxy.js";
import type { Places, Target } from "./targets.js";

/** What a client said in one conversation, for others to say again, or nearly so. */
export interface Conversation {
  readonly target: Target;
  readonly bytes: Buffer;
}

const MOST = 24_000;

/** Records a conversation of each target: a call of each shape that it has. */
export async function record(targets: readonly Target[], places: Places): Promise<readonly Conversation[]> {
  const found: Conversation[] = [];
  for (const target of targets) {
    if (target.at === "unix") continue;
    const chunks: Buffer[] = [];
    const port = Number(places[target.at].split(":")[1]);
    const proxy = await FlakyProxy.start({
      port,
      pick: () => 0,
      faithful: true,
      heard: (chunk) => chunks.push(Buffer.from(chunk)),
    });
    for (const service of ["texts", "blocks"] as const) {
      await converse(open(target, { places, place: proxy.place, service, connections: 1 }));
    }
    await proxy.stop();
    found.push({ target, bytes: Buffer.concat(chunks).subarray(0, MOST) });
  }
  return found;
}

async function converse(client: Either): Promise<void> {
  // One of both, whichever it is.
  const { caller, material, target } = client as Open<unknown>;
  const options = { timeoutMs: 20_000 };
  const ask = { seed: 7, size: 40, plain: true, count: 3, delayMs: 0, target: 0 };
  const data = material.make(ask);
  await caller.echo({ n: 1, data }, options);
  await caller.make(ask, options);
  if (target.shapes.includes("serverStream")) for await (const _ of caller.down(ask, options));
  if (target.shapes.includes("clientStream")) await caller.up(few(data), options);
  if (target.shapes.includes("bidi")) for await (const _ of caller.both(few(data), options));
  await caller[Symbol.asyncDispose]();
}

async function* few(data: unknown): AsyncGenerator<Block<unknown>> {
  yield { n: 1, data };
  await new Promise(setImmediate);
  yield { n: 2, data };
}
