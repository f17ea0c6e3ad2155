import { expect, test } from "vitest";
import { makeRoutes } from "../../src/call/routes.js";
import { serve } from "../../src/call/serve.js";
import { value } from "../../src/codecs/value.js";
import { Connections } from "../../src/link/connections.js";
import { newCounters } from "../../src/link/counters.js";
import { memoryPair } from "../../src/transports/memory.js";
import { frame } from "../../src/wires/frame/wire.js";
import { greeter, quickstart } from "../../examples/quickstart/service.js";
import { framed, mutated, random, SEED } from "./mutations.js";

const INPUTS = Number(process.env["FUZZ_INPUTS"] ?? 3000);
/** So many connections are open at once. */
const BATCH = 500;

/** What callers say: each conversation is what one connection carries. */
const CONVERSATIONS: readonly (readonly unknown[])[] = [
  [{ in: "ping", params: "x" }],
  [
    { in: "add", params: [2, 3], id: 1 },
    { in: "echo", params: { a: [1, { b: null }] }, id: "two" },
  ],
  [{ in: "demo.Greeter/hello", params: { name: "Ada é漢😀" }, id: 1, headers: { a: ["b", "c"] }, timeout_ms: 1000 }],
  [
    { in: "demo.Greeter.ticks", params: { count: 40 }, id: 7 },
    { id: 7, cancel: true },
  ],
  [
    { in: "sum", params: 1, id: 3, more: true },
    { id: 3, params: 2, more: true },
    { id: 3, done: true },
  ],
  [
    { in: "chat", id: 3, more: true },
    { id: 3, params: "a", more: true },
    { in: "pi", params: 3 },
    { id: 3, params: "b" },
  ],
  [{ in: "whoami" }, { in: "nope", id: 1 }, { in: "hello", params: 3 }, [1, 2], "text", null, { id: 9, params: 1 }],
  [{ in: "callwire.Introspection/services", id: 0 }],
];

test(`After ${INPUTS} mutated conversations (FUZZ_SEED=${SEED}) the server still answers, and every connection has closed.`, async () => {
  const failures: unknown[] = [];
  const routes = makeRoutes([quickstart, greeter], { codecs: [value] });
  const counters = newCounters();
  const connections = new Connections(
    {
      wires: [frame],
      // A mutation may turn an argument into a long wait: that is a caller's right, and not what is looked for.
      dispatch: serve(routes, { maxTimeoutMs: 200, report: (error) => failures.push(error) }),
      limits: {
        maxMessageBytes: 4096,
        maxHeaderBytes: 256,
        maxDepth: 20,
        maxConcurrentCalls: 4,
        requestTimeoutMs: 60_000,
      },
      counters,
      log: (message) => {
        if (message.includes("failure of callwire itself")) failures.push(message);
      },
      detectTimeoutMs: 10_000,
      idleTimeoutMs: 10_000,
    },
    { maxActive: Number.MAX_SAFE_INTEGER, maxWaiting: 0 },
  );
  const talk = (bytes: Uint8Array, chunkBytes: number): Promise<Buffer> =>
    new Promise((resolve) => {
      const [client, server] = memoryPair({ chunkBytes });
      const heard: Uint8Array[] = [];
      connections.add(server);
      client.start({
        data: (chunk) => heard.push(new Uint8Array(chunk)),
        end: () => client.end(),
        drain: () => {},
        close: () => resolve(Buffer.concat(heard)),
      });
      client.write(bytes);
      client.end();
    });
  const pick = random(SEED);
  const seeds = CONVERSATIONS.flatMap((conversation) => [framed(conversation, false), framed(conversation, true)]);
  for (let done = 0; done < INPUTS; done += BATCH) {
    await Promise.all(
      Array.from({ length: Math.min(BATCH, INPUTS - done) }, () =>
        talk(mutated(seeds, pick), [1, 7, 65_536][pick(3)] ?? 1),
      ),
    );
    expect(failures).toEqual([]);
  }
  // The far end of the last ones hears of it in the next turns.
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  expect(counters.connections).toBe(INPUTS);
  expect(counters.open).toBe(0);
  const answer = await talk(framed([{ in: "ping", params: "still here" }], false), 65_536);
  expect(JSON.parse(answer.subarray(4).toString())).toEqual({ out: "pong", result: "still here" });
  await connections.stop(0);
}, 60_000);
