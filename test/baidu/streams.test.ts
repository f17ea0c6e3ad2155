import { implement } from "callwire";
import { connect } from "callwire/client";
import { describe, expect, onTestFinished, test } from "vitest";
import { EchoService } from "../../examples/quickstart/gen/echo_pb.js";
import {
  bytesAt,
  type Field,
  fieldsOf,
  message,
  numberAt,
  type Packet,
  packet,
  packetsIn,
  request,
  said,
  saying,
} from "./packets.js";
import { RawPeer, served } from "./served.js";

const [RST, CLOSE, DATA, FEEDBACK] = [1, 2, 3, 4];
/** An id as brpc gives them: of 64 bits. */
const MINE = 0x1234_5678_9abc_def0n;

/** A frame for a server's stream. */
function frame(id: bigint, type: number, data?: Uint8Array, more: readonly Field[] = []): Buffer {
  return packet([[1, id], [2, MINE], [3, type], ...more], data, "STRM");
}

/** What a frame says, in short. */
function heard({ magic, meta, rest }: Packet): [string, bigint, number, Buffer] {
  return [magic, numberAt(meta, 1), Number(numberAt(meta, 3)), rest];
}

/** Opens a stream as brpc's client does, and takes the answer that accepts it. */
async function opened(method: string, rest: Uint8Array): Promise<{ peer: RawPeer; id: bigint; seen: string[] }> {
  const { address, seen } = await served();
  const peer = RawPeer.to(address);
  peer.send(
    request(`echo.v1.EchoService/${method}`, 5, rest, [
      [
        8,
        [
          [1, MINE],
          [2, 1],
          [3, 1],
        ],
      ],
    ]),
  );
  const first = await peer.next();
  expect(heard(first).slice(0, 3)).toEqual(["STRM", MINE, DATA]);
  const [accepted] = packetsIn(first.rest).packets;
  if (accepted === undefined) throw new Error("The answer comes in the first frame.");
  expect(said(accepted)).toMatchObject({ id: 5n, code: 0, rest: Buffer.alloc(0) });
  const settings = fieldsOf(bytesAt(accepted.meta, 8));
  expect(numberAt(settings, 1)).toBe(numberAt(first.meta, 2));
  expect(numberAt(settings, 2)).toBe(1n);
  expect(numberAt(settings, 3)).toBe(method === "Count" ? 0n : 1n);
  return { peer, id: numberAt(settings, 1), seen };
}

describe("A client that speaks as brpc's does", () => {
  test("opens a stream of answers with its request.", async () => {
    const { peer } = await opened("Count", message([[1, 3]]));
    const frames = (await peer.some(4)).map(heard);
    expect(frames).toEqual([
      ...[1, 2, 3].map((n) => ["STRM", MINE, DATA, message([[1, n]])]),
      ["STRM", MINE, CLOSE, Buffer.alloc(0)],
    ]);
  });

  test("writes a stream, is told how much was taken, and gets its answer.", async () => {
    const { peer, id } = await opened("Sum", Buffer.alloc(0));
    const numbers = [1, 2, 3].map((n) => message([[1, n]]));
    peer.send(...numbers.map((each) => frame(id, DATA, each)));
    let consumed = 0n;
    while (consumed < 6n) {
      const feedback = await peer.next();
      expect(heard(feedback).slice(1, 3)).toEqual([MINE, FEEDBACK]);
      consumed = numberAt(fieldsOf(bytesAt(feedback.meta, 5)), 1);
    }
    peer.send(frame(id, CLOSE));
    expect((await peer.some(2)).map(heard)).toEqual([
      ["STRM", MINE, DATA, message([[1, 6]])],
      ["STRM", MINE, CLOSE, Buffer.alloc(0)],
    ]);
    // What comes late for a stream that has ended is answered as brpc answers it.
    peer.send(frame(id, DATA, numbers[0]));
    expect(heard(await peer.next()).slice(1, 3)).toEqual([MINE, RST]);
  });

  test("may cut a message into pieces.", async () => {
    const { peer, id } = await opened("Chat", Buffer.alloc(0));
    const long = saying("x".repeat(3000));
    peer.send(frame(id, DATA, long.subarray(0, 1000), [[4, 1]]), frame(id, DATA, long.subarray(1000, 1001), [[4, 1]]));
    peer.send(frame(id, DATA, long.subarray(1001)));
    for (;;) {
      const [, , type, rest] = heard(await peer.next());
      if (type === FEEDBACK) continue;
      expect(rest).toEqual(long);
      return;
    }
  });

  test("hears of an error in an answer beside the stream, and then a reset.", async () => {
    const { peer, id } = await opened("Chat", Buffer.alloc(0));
    peer.send(frame(id, DATA, saying("fail")));
    const frames: Packet[] = [];
    while (frames.length < 2) {
      const next = await peer.next();
      if (numberAt(next.meta, 3) !== BigInt(FEEDBACK)) frames.push(next);
    }
    const [error, reset] = frames;
    if (error === undefined || reset === undefined) throw new Error("There are two.");
    expect(said(error)).toMatchObject({ id: 5n, code: 35, text: "That is enough." });
    expect(heard(reset)).toEqual(["STRM", MINE, RST, Buffer.alloc(0)]);
  });

  test("stops the writer by not taking anything, and lets it go on.", async () => {
    const { peer, id, seen } = await opened("Chat", Buffer.alloc(0));
    const text = "x".repeat(30_000);
    for (let n = 0; n < 40; n += 1) peer.send(frame(id, DATA, saying(text)));
    let produced = 0;
    const take = async (until: number): Promise<void> => {
      while (produced < until) {
        const [, , type, rest] = heard(await peer.next());
        if (type === DATA) produced += rest.length;
      }
    };
    await take(512 * 1024);
    expect(produced).toBeLessThan(512 * 1024 + 2 * 30_003 + 1);
    peer.send(frame(id, FEEDBACK, undefined, [[5, [[1, produced]]]]), frame(id, CLOSE));
    await take(Math.min(2 * 512 * 1024, 40 * saying(text).length));
    peer.send(frame(id, FEEDBACK, undefined, [[5, [[1, produced]]]]));
    await take(40 * saying(text).length);
    while (seen.length === 0) await new Promise(setImmediate);
    expect(seen).toEqual(["chat ended"]);
  });

  test("sends a message that is too long, and only that call ends.", async () => {
    const { address } = await served({ maxMessageBytes: 1000 });
    const peer = RawPeer.to(address);
    peer.send(
      request("echo.v1.EchoService/Chat", 5, Buffer.alloc(0), [
        [
          8,
          [
            [1, MINE],
            [3, 1],
          ],
        ],
      ]),
    );
    const id = numberAt((await peer.next()).meta, 2);
    peer.send(frame(id, DATA, saying("x".repeat(800)), [[4, 1]]), frame(id, DATA, saying("x".repeat(800))));
    expect(said(await peer.next())).toMatchObject({ id: 5n, code: 2004 });
    expect(heard(await peer.next()).slice(1, 3)).toEqual([MINE, RST]);
    peer.send(request("echo.v1.EchoService/Echo", 6, saying("x")));
    expect(said(await peer.next())).toMatchObject({ id: 6n, code: 0 });
  });
});

test("All four shapes, many at a time on one connection, with a slow reader among them.", async () => {
  const { address, server } = await served();
  const client = connect(EchoService, `baidu://${address}`);
  onTestFinished(() => client[Symbol.asyncDispose]());
  const slow = client.count({ to: 100_000 });
  expect((await slow.next()).value).toMatchObject({ n: 1 });
  async function* texts(count: number) {
    for (let n = 0; n < count; n += 1) yield { text: `${n}` };
  }
  const chats = await Promise.all(
    Array.from({ length: 20 }, async (_, n) => {
      const said: string[] = [];
      for await (const { text } of client.chat(texts(n))) said.push(text);
      return said.length;
    }),
  );
  expect(chats).toEqual(Array.from({ length: 20 }, (_, n) => n));
  expect((await client.sum([{ n: 1n }, { n: 2n ** 60n }])).sum).toBe(2n ** 60n + 1n);
  expect((await client.echo({ text: "beside" })).text).toBe("beside");
  await slow.return?.();
  expect(server.counters.connections).toBe(1);
});

describe("A request that waits for its turn, since one call may be open", () => {
  test("does not keep the open one from being cancelled.", async () => {
    const { address, seen } = await served({ maxConcurrentCalls: 1 });
    const client = connect(EchoService, `baidu://${address}`);
    onTestFinished(() => client[Symbol.asyncDispose]());
    expect((await client.echo({ text: "first" })).text).toBe("first"); // the server has told that it takes cancellations
    const controller = new AbortController();
    const hanging = client.echo({ text: "hang" }, { signal: controller.signal });
    while (!seen.includes("hangs")) await new Promise(setImmediate);
    const waiting = client.echo({ text: "waits" });
    const dropped = client.echo({ text: "dropped" }, { signal: controller.signal });
    setImmediate(() => controller.abort());
    await expect(hanging).rejects.toMatchObject({ code: "canceled" });
    await expect(dropped).rejects.toMatchObject({ code: "canceled" });
    expect((await waiting).text).toBe("waits");
    expect((await client.echo({ text: "after" })).text).toBe("after");
  });

  test("does not keep a stream from going on.", async () => {
    const { address } = await served({ maxConcurrentCalls: 1 });
    const client = connect(EchoService, `baidu://${address}`);
    onTestFinished(() => client[Symbol.asyncDispose]());
    const long = "x".repeat(100_000);
    let waiting: Promise<{ text: string }> | undefined;
    let count = 0;
    const all = async function* (): AsyncGenerator<{ text: string }> {
      for (let n = 0; n < 20; n += 1) yield { text: long };
    };
    for await (const { text } of client.chat(all())) {
      waiting ??= client.echo({ text: "waits" });
      expect(text.length).toBe(long.length);
      count += 1;
    }
    expect(count).toBe(20);
    expect((await waiting)?.text).toBe("waits");
  });
});

test("A caller that closes its end reads no stream any more, so its method ends, too.", async () => {
  let ended = false;
  const echo = implement(EchoService, {
    echo: ({ text }) => ({ text }),
    sum: () => ({ sum: 0n }),
    async *count() {
      try {
        for (let n = 1; ; n += 1) yield { n };
      } finally {
        ended = true;
      }
    },
    async *chat(messages) {
      for await (const { text } of messages) yield { text };
    },
  });
  const { address } = await served({}, [echo]);
  const peer = RawPeer.to(address);
  peer.send(
    request("echo.v1.EchoService/Count", 5, message([[1, 1]]), [
      [
        8,
        [
          [1, MINE],
          [2, 1],
          [3, 1],
        ],
      ],
    ]),
  );
  await peer.next();
  peer.socket.end();
  await peer.closed;
  while (!ended) await new Promise(setImmediate);
});
