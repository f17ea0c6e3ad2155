import { expect, test } from "vitest";
import { connect } from "../../src/client.js";
import { functions, implement, serve, serverStream, service } from "../../src/server.js";

const math = functions("math", { add: (a: number, b: number) => a + b });
const Streams = service("a.Streams", { count: serverStream() });
const streams = implement(Streams, {
  *count() {
    for (let n = 0; n < 1000; n += 1) yield n;
  },
});

/** What keeps a process alive, by kind. */
function resources(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

async function cycle(): Promise<void> {
  const server = await serve([math, streams], { listen: ["tcp://127.0.0.1:0"], log: () => {} });
  const url = (server.addresses[0] ?? "").replace("tcp:", "frame:");
  const calc = connect<typeof math>("math", url);
  const client = connect(Streams, url);
  const controller = new AbortController();
  expect(await calc.add(1, 2)).toBe(3);
  for await (const n of client.count(undefined, { timeoutMs: 60_000, signal: controller.signal })) if (n === 5) break;
  await calc[Symbol.asyncDispose]();
  await client[Symbol.asyncDispose]();
  await server.stop();
}

test("80 servers and clients that come and go leave nothing behind", async () => {
  await cycle();
  const before = resources();
  const listeners = process.eventNames().map((name) => process.listenerCount(name));
  for (let n = 0; n < 80; n += 1) await cycle();
  for (let n = 0; n < 10; n += 1) await new Promise(setImmediate);
  const after = resources();
  for (const [kind, count] of Object.entries(after))
    expect({ kind, count }).toEqual({ kind, count: Math.min(count, before[kind] ?? 0) });
  expect(process.eventNames().map((name) => process.listenerCount(name))).toEqual(listeners);
});

test("A signal that outlives its calls is not listened to any more", async () => {
  const server = await serve([math, streams], { listen: ["tcp://127.0.0.1:0"], log: () => {} });
  const url = (server.addresses[0] ?? "").replace("tcp:", "frame:");
  await using client = connect(Streams, url);
  const { signal } = new AbortController();
  let listening = 0;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    listening += 1;
    add(...args);
  };
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    listening -= 1;
    remove(...args);
  };
  for await (const n of client.count(undefined, { signal })) if (n === 1) expect(listening).toBe(1);
  for await (const n of client.count(undefined, { signal })) if (n === 1) break;
  expect(listening).toBe(0);
  await server.stop({ graceMs: 0 });
});
