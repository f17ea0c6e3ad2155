import { type Client, connect, type ConnectOptions, RpcError } from "callwire/client";
import { createServer } from "node:net";
import { deflateSync, gzipSync } from "node:zlib";
import { describe, expect, onTestFinished, test } from "vitest";
import { EchoService } from "../../examples/quickstart/gen/echo_pb.js";
import { bytesAt, type Field, fieldsOf, numberAt, type Packet, packet, saying, userFields } from "./packets.js";
import { RawPeer, served } from "./served.js";

/** A client of a server by hand, and that server's end of the connection, once there is one. */
async function called(
  options: ConnectOptions = {},
): Promise<{ client: Client<typeof EchoService>; peer: () => Promise<RawPeer>; peers: RawPeer[] }> {
  const peers: RawPeer[] = [];
  let arrived: (() => void) | undefined;
  const server = createServer({ noDelay: true }, (socket) => {
    peers.push(new RawPeer(socket));
    arrived?.();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  onTestFinished(() => void server.close());
  const { port } = server.address() as { port: number }; // it listens on TCP
  const client = connect(EchoService, `baidu://127.0.0.1:${port}`, options);
  onTestFinished(() => client[Symbol.asyncDispose]());
  const peer = async (): Promise<RawPeer> => {
    if (peers[0] === undefined)
      await new Promise<void>((resolve) => {
        arrived = resolve;
      });
    return peers[0] as RawPeer; // it has arrived
  };
  return { client, peer, peers };
}

/** An answer to a request. */
function answer(asked: Packet, rest: Uint8Array, more: readonly Field[] = []): Buffer {
  return packet([[2, []], [4, numberAt(asked.meta, 4)], ...more], rest);
}

async function errorOf(call: Promise<unknown>): Promise<RpcError> {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof RpcError) return error;
  throw new Error("The call was expected to end with an RpcError.", { cause: error });
}

describe("What is sent", () => {
  test("A request names service and method, and has a message; the first says who is calling.", async () => {
    const { client, peer } = await called({ baidu: { authentication: "secret" } });
    const first = client.echo({ text: "a" });
    const raw = await peer();
    const one = await raw.next();
    expect([...fieldsOf(bytesAt(one.meta, 1))].map(([number, [value]]) => [number, String(value)])).toEqual([
      [1, "echo.v1.EchoService"],
      [2, "Echo"],
    ]);
    expect(one.rest).toEqual(saying("a"));
    expect(userFields(one.meta)).toEqual({ callwire: "unary" });
    expect(bytesAt(one.meta, 7).toString()).toBe("secret");
    raw.send(answer(one, saying("A")));
    expect((await first).text).toBe("A");
    const second = client.echo({ text: "b" });
    const two = await raw.next();
    expect([...two.meta.keys()]).toEqual([1, 4]);
    raw.send(answer(two, saying("B")));
    expect((await second).text).toBe("B");
  });

  test("Ids, header fields, the timeout and an attachment go along.", async () => {
    const { client, peer } = await called();
    const headers = { "log-id": "18446744073709551615", "x-bd-trace-id": "none", "X-Request-Id": "r", "x-own": "ä" };
    const call = client.echo({ text: "a" }, { headers, timeoutMs: 1500, attachment: Uint8Array.of(1, 2) });
    const raw = await peer();
    const asked = await raw.next();
    const request = fieldsOf(bytesAt(asked.meta, 1));
    expect(numberAt(request, 3)).toBe(2n ** 64n - 1n);
    expect(bytesAt(request, 7).toString()).toBe("r");
    expect(Number(numberAt(request, 8))).toBeGreaterThan(1400);
    expect(userFields(asked.meta)).toEqual({ callwire: "unary", "x-bd-trace-id": "none", "x-own": "ä" });
    expect(numberAt(asked.meta, 5)).toBe(2n);
    expect(asked.rest).toEqual(Buffer.concat([saying("a"), Buffer.of(1, 2)]));
    raw.send(answer(asked, saying("A")));
    await call;
  });

  test.each([
    ["gzip", 2n, gzipSync],
    ["deflate", 3n, deflateSync],
  ] as const)(
    "Messages are compressed with %s and have checksums where that is asked for.",
    async (sendCompression, type, code) => {
      const { client, peer } = await called({ sendCompression, baidu: { checksum: true } });
      const text = "a".repeat(2000);
      const call = client.echo({ text });
      const raw = await peer();
      const asked = await raw.next();
      expect(numberAt(asked.meta, 3)).toBe(type);
      expect(asked.rest).toEqual(code(saying(text)));
      expect(bytesAt(asked.meta, 12)).toHaveLength(4);
      raw.send(answer(asked, code(saying("A")), [[3, type]]));
      expect((await call).text).toBe("A");
    },
  );
});

describe("What is heard", () => {
  test("Answers in any order, and byte by byte, reach their calls; those that nobody waits for reach nobody.", async () => {
    const { client, peer } = await called();
    const calls = ["a", "b", "c"].map((text) => client.echo({ text }));
    const raw = await peer();
    const asked = await raw.some(3);
    raw.send(
      packet(
        [
          [2, []],
          [4, 99],
        ],
        saying("stray"),
      ),
      packet(
        [
          [2, []],
          [4, 2n ** 60n + 1n],
        ],
        saying("stray"),
      ),
    );
    for (const each of asked.toReversed()) for (const byte of answer(each, each.rest)) raw.send(Buffer.of(byte));
    expect((await Promise.all(calls)).map(({ text }) => text)).toEqual(["a", "b", "c"]);
  });

  test("User fields, trailers and an attachment are heard with the answer.", async () => {
    const { client, peer } = await called();
    const heard: unknown[] = [];
    const call = client.echo(
      { text: "a" },
      {
        onHeader: (headers) => heard.push([...headers]),
        onTrailer: (trailers) => heard.push([...trailers]),
        onAttachment: (attachment) => heard.push([...attachment]),
      },
    );
    const raw = await peer();
    const fields: Field[] = [
      [
        9,
        [
          [1, "x-head"],
          [2, "1"],
        ],
      ],
      [
        9,
        [
          [1, "trailer-x-end"],
          [2, "2"],
        ],
      ],
      [5, 2],
    ];
    raw.send(answer(await raw.next(), Buffer.concat([saying("A"), Buffer.of(7, 8)]), fields));
    expect((await call).text).toBe("A");
    expect(heard).toEqual([[7, 8], [["x-head", "1"]], [["x-end", "2"]]]);
  });

  test.each([
    [1001, "unimplemented"],
    [1003, "invalid_argument"],
    [1004, "unauthenticated"],
    [1008, "deadline_exceeded"],
    [2003, "unavailable"],
    [2004, "resource_exhausted"],
    [125, "canceled"],
    [-1, "unknown"],
    [4711, "unknown"],
  ] as const)("The error %i is heard as %s.", async (number, code) => {
    const { client, peer } = await called();
    const call = errorOf(client.echo({ text: "a" }));
    const raw = await peer();
    raw.send(
      packet([
        [
          2,
          [
            [1, number],
            [2, "Why."],
          ],
        ],
        [4, numberAt((await raw.next()).meta, 4)],
      ]),
    );
    const details = number === 4711 ? [{ baidu: { code: 4711 } }] : [];
    expect(await call).toMatchObject({ code, message: "Why.", details });
  });

  test.each<[string, readonly Field[], Buffer, string]>([
    ["An attachment that is too long", [[5, 99]], saying("x"), "internal"],
    [
      "A wrong checksum",
      [
        [11, 1],
        [12, "1234"],
      ],
      saying("x"),
      "internal",
    ],
    ["A message that is no gzip", [[3, 2]], saying("x"), "internal"],
    ["A compression that is not read", [[3, 1]], saying("x"), "unimplemented"],
    ["A message over the limit", [], saying("x".repeat(2000)), "resource_exhausted"],
    ["A message far over the limit", [], saying("x".repeat(5000)), "resource_exhausted"],
    ["A message that is none", [], Buffer.of(255, 255), "internal"],
  ])("%s costs its own call only.", async (_what, fields, rest, code) => {
    const { client, peer } = await called({ maxMessageBytes: 1000 });
    const [one, other] = [errorOf(client.echo({ text: "a" })), client.echo({ text: "b" })];
    const raw = await peer();
    const [first, second] = await raw.some(2);
    if (first === undefined || second === undefined) throw new Error("There are two.");
    raw.send(answer(first, rest, fields), answer(second, saying("B")));
    expect((await one).code).toBe(code);
    expect((await other).text).toBe("B");
  });

  test.each<[string, Buffer]>([
    ["A meta that is none", packet(Buffer.of(0x12, 0x7f))],
    [
      "A request",
      packet([
        [1, []],
        [4, 1],
      ]),
    ],
    ["Something else", Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n")],
    ["A meta larger than its body", packet(Buffer.of(1)).fill(9, 11)],
  ])("%s ends the connection, and its calls as unavailable.", async (_what, bytes) => {
    const { client, peer } = await called();
    const call = errorOf(client.echo({ text: "a" }));
    const raw = await peer();
    await raw.next();
    raw.send(bytes);
    expect((await call).code).toBe("unavailable");
    await raw.closed;
  });

  test("A call that was given up is not cancelled at a server that does not know how.", async () => {
    const { client, peer } = await called();
    const giving = new AbortController();
    const call = errorOf(client.echo({ text: "a" }, { signal: giving.signal }));
    const raw = await peer();
    const first = await raw.next();
    giving.abort();
    expect((await call).code).toBe("canceled");
    const next = client.echo({ text: "b" });
    const second = await raw.next();
    expect(second.magic).toBe("PRPC");
    raw.send(answer(first, saying("A")), answer(second, saying("B")));
    expect((await next).text).toBe("B");
  });
});

describe("With a server of callwire's", () => {
  test("Attachments go both ways, and are heard before the answer.", async () => {
    const { address } = await served();
    const client = connect(EchoService, `baidu://${address}`);
    onTestFinished(() => client[Symbol.asyncDispose]());
    const heard: number[][] = [];
    const onAttachment = (bytes: Uint8Array): void => void heard.push([...bytes]);
    expect((await client.echo({ text: "attached" }, { attachment: Uint8Array.of(1), onAttachment })).text).toBe("1");
    expect((await client.echo({ text: "attached" }, { onAttachment })).text).toBe("0");
    expect(heard).toEqual([[1, 9], [9]]);
  });

  test("An attachment on another wire is unimplemented, in either direction.", async () => {
    const { address } = await served();
    const client = connect(EchoService, `grpc://${address}`);
    onTestFinished(() => client[Symbol.asyncDispose]());
    expect(await errorOf(client.echo({ text: "a" }, { attachment: Uint8Array.of(1) }))).toMatchObject({
      code: "unimplemented",
      message: "Call echo.v1.EchoService/Echo has an attachment, which this wire cannot carry: use baidu.",
    });
    expect((await errorOf(client.echo({ text: "attached" }))).code).toBe("unimplemented");
  });

  test.each(["gzip", "deflate", "br"])(
    "Both ends are told to compress with %s, and check.",
    async (sendCompression) => {
      const options = { sendCompression, baidu: { checksum: true } };
      const { address } = await served(options);
      const client = connect(EchoService, `baidu://${address}`, options);
      onTestFinished(() => client[Symbol.asyncDispose]());
      const text = "é漢🦊".repeat(10_000);
      expect((await client.echo({ text })).text).toBe(text);
      const counted: number[] = [];
      for await (const { n } of client.count({ to: 3 })) counted.push(n);
      expect(counted).toEqual([1, 2, 3]);
    },
  );

  test("Calls spread over as many connections as they may.", async () => {
    const { client, peers } = await called({ connections: 3 });
    const calls = ["a", "b", "c"].map((text) => client.echo({ text }));
    while (peers.length < 3) await new Promise(setImmediate);
    for (const raw of peers) {
      const asked = await raw.next();
      raw.send(answer(asked, asked.rest));
    }
    expect((await Promise.all(calls)).map(({ text }) => text)).toEqual(["a", "b", "c"]);
  });

  test("A model with workers cannot be given a function to authenticate with.", async () => {
    const { serve } = await import("callwire");
    const options = { model: "threads", baidu: { authenticate: () => true } } as const;
    await expect(serve(new URL("../../examples/quickstart/service.ts", import.meta.url), options)).rejects.toThrow(
      /baidu\.authenticate/u,
    );
  });
});
