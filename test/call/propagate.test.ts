import { describe, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { type Client, connect, type ConnectOptions } from "../../src/client.js";
import {
  bidi,
  functions,
  implement,
  serve,
  type ServeOptions,
  serverStream,
  service,
  unary,
} from "../../src/server.js";

const left = z.number().nullable();
const Back = service("a.Back", {
  left: unary({ output: left }),
  trace: unary({ output: z.string() }),
  hang: unary(),
});
const Front = service("a.Front", {
  left: unary({ output: left }),
  lefts: serverStream({ output: left }),
  later: serverStream({ output: left }),
  chat: bidi({ input: z.number(), output: left }),
  trace: unary({ output: z.string() }),
  hang: unary(),
});

/** A server that calls another (which is itself), without ever naming the call that is being answered. */
async function chain(options: ServeOptions = {}, connectOptions: ConnectOptions = {}) {
  const seen: string[] = [];
  const made = {} as { back: Client<typeof Back> };
  const started: (() => void)[] = [];
  const back = implement(Back, {
    left: (_, call) => call.timeoutMs() ?? null,
    trace: (_, call) => `${call.headers.get("traceparent")} ${call.headers.get("x-other")}`,
    hang: async (_, call) => {
      for (const tell of started) tell();
      await new Promise((resolve) => call.signal.addEventListener("abort", resolve));
      seen.push("back aborted");
    },
  });
  const front = implement(Front, {
    left: async () => {
      await new Promise(setImmediate);
      return await made.back.left();
    },
    async *lefts() {
      yield await made.back.left();
      await new Promise(setImmediate);
      yield await made.back.left();
    },
    later: () =>
      Promise.resolve({
        async *[Symbol.asyncIterator]() {
          yield await made.back.left();
        },
      }),
    async *chat(numbers) {
      for await (const _ of numbers) yield await made.back.left();
    },
    trace: () => made.back.trace(),
    hang: () => made.back.hang().then(() => undefined),
  });
  const calc = functions("calc", {
    async left() {
      return await made.back.left();
    },
  });
  const server = await serve([back, front, calc], { listen: ["tcp://127.0.0.1:0"], log: () => {}, ...options });
  const url = (server.addresses[0] ?? "").replace("tcp:", "frame:");
  made.back = connect(Back, url, connectOptions);
  const client = connect(Front, url);
  onTestFinished(async () => {
    await client[Symbol.asyncDispose]();
    await made.back[Symbol.asyncDispose]();
    await server.stop({ graceMs: 0 });
  });
  const hanging = new Promise<void>((resolve) => started.push(resolve));
  return { client, seen, hanging, url };
}

async function all<T>(messages: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const message of messages) list.push(message);
  return list;
}

/** Waits, turn by turn, until something holds. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise(setImmediate);
}

const near = expect.toSatisfy((ms: unknown) => typeof ms === "number" && ms > 50_000 && ms <= 60_000);

describe("A call made inside a method, that names no parent", () => {
  test("inherits the deadline", async () => {
    const { client, url } = await chain();
    expect(await client.left(undefined, { timeoutMs: 60_000 })).toEqual(near);
    expect(await client.left()).toBeNull();
    await using calc = connect<Record<"left", () => Promise<number>>>("calc", url);
    expect(await calc.left()).toBeNull();
  });

  test("inherits it in the body of a generator too, before and after its first message", async () => {
    const { client } = await chain();
    expect(await all(client.lefts(undefined, { timeoutMs: 60_000 }))).toEqual([near, near]);
    expect(await all(client.later(undefined, { timeoutMs: 60_000 }))).toEqual([near]);
    expect(await all(client.chat([1, 2], { timeoutMs: 60_000 }))).toEqual([near, near]);
    expect(await all(client.lefts())).toEqual([null, null]);
  });

  test("keeps the deadlines of calls that run at once apart", async () => {
    const { client } = await chain();
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, n) => client.left(undefined, n % 2 === 0 ? {} : { timeoutMs: 60_000 })),
    );
    expect(answers).toEqual(Array.from({ length: 50 }, (_, n) => (n % 2 === 0 ? null : near)));
  });

  test("is cancelled with the call around it", async () => {
    const { client, seen, hanging } = await chain();
    const controller = new AbortController();
    const answer = client.hang(undefined, { signal: controller.signal });
    await hanging;
    controller.abort();
    await expect(answer).rejects.toMatchObject({ code: "canceled" });
    await until(() => seen.length > 0);
    expect(seen).toEqual(["back aborted"]);
  });

  test("passes the trace on, and other headers where the client is told to", async () => {
    const headers = { traceparent: "00-1-2-01", "x-other": "mine" };
    const { client } = await chain();
    expect(await client.trace(undefined, { headers })).toBe("00-1-2-01 null");
    const { client: other } = await chain({}, { forwardHeaders: ["X-Other"] });
    expect(await other.trace(undefined, { headers })).toBe("null mine");
  });

  test("inherits nothing where the server has propagation off", async () => {
    const { client } = await chain({ propagate: false });
    expect(await client.left(undefined, { timeoutMs: 60_000 })).toBeNull();
    expect(await all(client.lefts(undefined, { timeoutMs: 60_000 }))).toEqual([null, null]);
    expect(await client.trace(undefined, { headers: { traceparent: "x" } })).toBe("null null");
  });
});

test("A call made outside of any method inherits nothing, though a server runs beside it", async () => {
  const { client, hanging } = await chain();
  const controller = new AbortController();
  const open = client.hang(undefined, { timeoutMs: 60_000, signal: controller.signal }).catch(() => {});
  await hanging;
  expect(await client.left()).toBeNull();
  controller.abort();
  await open;
});
