import { expect, onTestFinished, test } from "vitest";
import { type Client, connect, type ConnectOptions } from "../../src/client.js";
import { bidi, implement, serve, serverStream, type Server, service, unary } from "../../src/server.js";
import { z } from "zod";

const Work = service("a.Work", {
  wait: unary({ input: z.string(), output: z.string() }),
  double: unary({ input: z.number(), output: z.number() }),
  count: serverStream({ input: z.number(), output: z.number() }),
  chat: bidi({ input: z.number(), output: z.number() }),
});

interface Scene {
  readonly server: Server;
  readonly gates: Map<string, () => void>;
  readonly client: (options?: ConnectOptions) => Client<typeof Work>;
}

async function scene(): Promise<Scene> {
  const gates = new Map<string, () => void>();
  const work = implement(Work, {
    wait: async (key) => {
      await new Promise<void>((resolve) => {
        gates.set(key, resolve);
      });
      return key;
    },
    double: (n) => n * 2,
    *count(to) {
      for (let n = 0; n < to; n += 1) yield n;
    },
    async *chat(numbers) {
      for await (const n of numbers) yield n;
    },
  });
  const server = await serve([work], { listen: ["tcp://127.0.0.1:0"], log: () => {} });
  onTestFinished(() => server.stop({ graceMs: 0 }));
  return {
    server,
    gates,
    client(options) {
      const client = connect(Work, (server.addresses[0] ?? "").replace("tcp:", "frame:"), options);
      onTestFinished(() => client[Symbol.asyncDispose]());
      return client;
    },
  };
}

/** Waits, turn by turn, until something holds. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise(setImmediate);
}

async function drained(stream: AsyncIterable<unknown>): Promise<number> {
  let count = 0;
  for await (const _ of stream) count += 1;
  return count;
}

test("A client has no connection before its first call, and one for all calls of one message", async () => {
  const { server, client } = await scene();
  const work = client();
  expect(server.counters.connections).toBe(0);
  await Promise.all(Array.from({ length: 100 }, (_, n) => work.double(n)));
  expect(server.counters.connections).toBe(1);
});

test("Calls go to the connection with the fewest open", async () => {
  const { server, gates, client } = await scene();
  const work = client({ connections: 3 });
  const answers = ["a", "b", "c", "d", "e", "f"].map((key) => work.wait(key));
  await until(() => gates.size === 6);
  expect(server.counters.open).toBe(3);
  for (const open of gates.values()) open();
  expect(await Promise.all(answers)).toEqual(["a", "b", "c", "d", "e", "f"]);
});

test("One call after the other needs one connection, however many there may be", async () => {
  const { server, client } = await scene();
  const work = client({ connections: 3 });
  for (let n = 0; n < 10; n += 1) expect(await work.double(n)).toBe(n * 2);
  expect(server.counters.connections).toBe(1);
});

test("A loop over a stream of 10,000 messages can make other calls and open other streams", async () => {
  const { server, client } = await scene();
  const work = client();
  let sum = 0;
  for await (const n of work.count(10_000)) {
    if (n % 10 === 0) sum += await work.double(n);
    if (n % 1000 === 0) sum += (await drained(work.count(100))) - 100;
  }
  expect(sum).toBe(2 * 10 * ((999 * 1000) / 2));
  // The inner streams borrow the connection of the other calls, while that has none.
  expect(server.counters.connections).toBe(2);
});

test("Streams one after the other share a connection, whether they were read to the end, left or cancelled", async () => {
  const { server, client } = await scene();
  const work = client();
  for (let n = 0; n < 10; n += 1) {
    expect(await drained(work.count(3))).toBe(3);
    for await (const m of work.count(100_000)) if (m === 2) break;
    const controller = new AbortController();
    const stream = work.chat(forever(controller), { signal: controller.signal });
    await expect(drained(stream)).rejects.toMatchObject({ code: "canceled" });
  }
  expect(server.counters.connections).toBe(1);
});

test("Of many streams' connections a few are kept for the next, and the others closed", async () => {
  const { server, client } = await scene();
  const work = client();
  const streams = Array.from({ length: 10 }, () => work.count(1000));
  await Promise.all(streams.map((stream) => stream.next()));
  expect(server.counters.open).toBe(10);
  await Promise.all(streams.map(drained));
  await until(() => server.counters.open <= 4);
  expect(await drained(work.count(1))).toBe(1);
  expect(server.counters.connections).toBe(10);
});

test("Closing a client closes its streams' connections too", async () => {
  const { server, client } = await scene();
  const work = client();
  const stream = work.count(1_000_000);
  await stream.next();
  await work.double(1);
  await drained(work.count(1));
  expect(server.counters.open).toBe(2);
  await work[Symbol.asyncDispose]();
  await until(() => server.counters.open === 0);
  await expect(drained(stream)).rejects.toMatchObject({ code: "canceled" });
  await expect(drained(work.count(1))).rejects.toMatchObject({ code: "unavailable" });
});

async function* forever(controller: AbortController): AsyncGenerator<number> {
  yield 1;
  yield 2;
  controller.abort();
}

test("Under a server of one connection at a time, calls and streams one after the other are all answered", async () => {
  const Counter = service("a.Counter", {
    one: unary({ output: z.number() }),
    many: serverStream({ output: z.number() }),
  });
  const counter = implement(Counter, { one: () => 1, many: () => [1, 2, 3] });
  const server = await serve([counter], { listen: ["tcp://127.0.0.1:0"], model: "single" });
  const client = connect(Counter, (server.addresses[0] ?? "").replace("tcp", "frame"));
  for (let round = 0; round < 3; round += 1) {
    expect(await client.one()).toBe(1);
    const heard: number[] = [];
    for await (const n of client.many()) heard.push(n);
    expect(heard).toEqual([1, 2, 3]);
  }
  expect(server.counters.connections).toBe(1);
  await client[Symbol.asyncDispose]();
  await server.stop();
});
