import { once } from "node:events";
import { connect } from "node:net";
import { serve } from "callwire";
import { expect, onTestFinished, test } from "vitest";
import { greeter, quickstart } from "../../examples/quickstart/service.js";
import { framed, mutated, random, SEED } from "./mutations.js";
import { RawPeer } from "./raw-peer.js";

const INPUTS = Number(process.env["FUZZ_SOCKET_INPUTS"] ?? 1000);
const BATCH = 50;

const CONVERSATIONS: readonly (readonly unknown[])[] = [
  [{ in: "ping", params: "x" }],
  [{ in: "echo", params: "é".repeat(300), id: 1, headers: { a: "b" }, timeout_ms: 50 }],
  [
    { in: "ticks", params: { count: 100 }, id: 7 },
    { id: 7, cancel: true },
  ],
  [
    { in: "chat", params: "a", id: 3, more: true },
    { id: 3, params: "b", more: true },
    { id: 3, done: true },
  ],
  [{ in: "sleep", params: 5 }, { in: "nope" }, [1], { in: "add", params: [1, 2] }],
];

/** The handles and requests that hold this process, by kind. */
const handles = (): string[] => process.getActiveResourcesInfo().filter((name) => /TCP|Pipe/u.test(name));

test(`after ${INPUTS} mutated conversations over sockets, some of them cut (FUZZ_SEED=${SEED}), the server still answers and no handle is left`, async () => {
  const before = handles().length;
  const failures: string[] = [];
  const thrown = (error: unknown): number => failures.push(String(error));
  process.on("uncaughtException", thrown).on("unhandledRejection", thrown);
  onTestFinished(() => void process.off("uncaughtException", thrown).off("unhandledRejection", thrown));
  const server = await serve([quickstart, greeter], {
    listen: ["tcp://127.0.0.1:0"],
    maxMessageBytes: 4096,
    maxHeaderBytes: 256,
    maxConcurrentCalls: 4,
    maxTimeoutMs: 100,
    log: (line) => {
      if (!/^Closed .*(too long to be skipped|nobody here speaks)/u.test(line)) failures.push(line);
    },
  });
  const address = server.addresses[0] ?? "";
  const port = Number(new URL(address).port);
  const pick = random(SEED);
  const seeds = CONVERSATIONS.flatMap((conversation) => [framed(conversation, false), framed(conversation, true)]);
  const talk = async (): Promise<void> => {
    const bytes = mutated(seeds, pick);
    const cut = pick(bytes.length + 1);
    const reset = pick(4) === 0;
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    socket.on("error", () => {}).resume();
    const closed = new Promise<void>((resolve) => {
      socket.once("close", () => resolve());
    });
    socket.write(bytes.subarray(0, cut), () => {
      if (reset) socket.resetAndDestroy();
      else socket.end(bytes.subarray(cut));
    });
    await closed;
  };
  for (let done = 0; done < INPUTS; done += BATCH) await Promise.all(Array.from({ length: BATCH }, talk));
  const peer = await RawPeer.to(address);
  peer.say({ in: "ping", params: "still here" });
  expect(await peer.hear()).toEqual({ out: "pong", result: "still here" });
  peer.socket.destroy();
  await once(peer.socket, "close");
  await server.stop();
  expect(failures).toEqual([]);
  expect(server.counters.connections).toBe(INPUTS + 1);
  expect(server.counters.open).toBe(0);
  expect(handles().length).toBe(before);
}, 60_000);
