import { deflateSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { crc32c } from "../../src/bytes/crc32c.js";
import { bytesAt, type Field, fieldsOf, numberAt, packet, request, said, saying, userFields } from "./packets.js";
import { RawPeer, served } from "./served.js";

const ECHO = "echo.v1.EchoService/Echo";

/** Sends a request, and resolves with its answer. */
async function asked(bytes: Uint8Array, options: Parameters<typeof served>[0] = {}) {
  const { address } = await served(options);
  const peer = RawPeer.to(address);
  peer.send(bytes);
  return await peer.next();
}

describe("Calls", () => {
  test("Answers leave as they come, each with all 64 bits of its id.", async () => {
    const { address, seen } = await served();
    const peer = RawPeer.to(address);
    const ids = [2n ** 53n + 1n, -1n, 0n, 2n ** 63n - 1n];
    peer.send(
      request(ECHO, 7n, saying("hang"), [
        [
          9,
          [
            [1, "callwire"],
            [2, "unary"],
          ],
        ],
      ]),
    );
    peer.send(...ids.map((id) => request(ECHO, id, saying(`it is ${id}`))));
    const [hello, ...answers] = await peer.some(1 + ids.length);
    expect(hello?.magic).toBe("STRM");
    expect(answers.map((answer) => BigInt.asIntN(64, said(answer).id))).toEqual(ids);
    expect(answers.map(({ rest }) => rest)).toEqual(ids.map((id) => saying(`it is ${id}`)));
    // What callwire's client sends when it gives up, once it has been greeted.
    peer.send(
      packet(
        [
          [1, 0],
          [2, 7],
          [3, 1],
        ],
        undefined,
        "STRM",
      ),
    );
    while (seen.length < 2) await new Promise(setImmediate);
    expect(seen).toEqual(["hangs", "canceled"]);
  });

  test("A service may be named without its package, in one packet or byte by byte.", async () => {
    const { address } = await served();
    const peer = RawPeer.to(address);
    // Two services are called EchoService, but only one of them has such a method.
    for (const byte of request("EchoService/Sum", 3, Buffer.alloc(0))) peer.send(Buffer.of(byte));
    expect(said(await peer.next())).toMatchObject({ id: 3n, code: 0 });
    peer.send(request("EchoService/Echo", 4, saying("whose?")));
    expect(said(await peer.next())).toMatchObject({ id: 4n, code: 1003 });
  });

  test("Ids, header fields and the timeout reach the method; header fields and trailers come back as user fields.", async () => {
    const ids: Field[] = [
      [3, 2n ** 63n],
      [4, 5],
      [5, 6],
      [6, 7],
      [7, "req-1"],
      [8, 5000],
    ];
    const user: Field[] = [
      [
        9,
        [
          [1, "X-Asked"],
          [2, "größer"],
        ],
      ],
      [
        9,
        [
          [1, "no field"],
          [2, "x"],
        ],
      ],
      [
        9,
        [
          [1, "not-latin"],
          [2, "漢"],
        ],
      ],
    ];
    const answer = await asked(
      packet([[1, [[1, "echo.v1.EchoService"], [2, "Echo"], ...ids]], [4, 1], ...user], saying("meta")),
    );
    expect(JSON.parse(bytesAt(fieldsOf(answer.rest), 1).toString())).toEqual({
      "log-id": String(2n ** 63n),
      "x-bd-trace-id": "5",
      "x-bd-span-id": "6",
      "x-bd-parent-span-id": "7",
      "x-request-id": "req-1",
      "x-asked": "größer",
      timed: true,
    });
    expect(userFields(answer.meta)).toEqual({ "x-head": "größer", "trailer-x-end": "yes" });
  });

  test("A timeout of a request ends its call.", async () => {
    const answer = await asked(
      packet(
        [
          [
            1,
            [
              [1, "echo.v1.EchoService"],
              [2, "Echo"],
              [8, 20],
            ],
          ],
          [4, 1],
        ],
        saying("hang"),
      ),
    );
    expect(said(answer).code).toBe(1008);
  });

  test("An attachment goes both ways, and is no part of the message.", async () => {
    const answer = await asked(request(ECHO, 2, Buffer.concat([saying("attached"), Buffer.of(1, 2)]), [[5, 2]]));
    expect(numberAt(answer.meta, 5)).toBe(3n);
    expect(answer.rest).toEqual(Buffer.concat([saying("2"), Buffer.of(1, 2, 9)]));
  });

  test("A JSON message is read as its canonical form, and answered so.", async () => {
    const answer = await asked(request(ECHO, 2, Buffer.from('{"text":"é"}'), [[10, 2]]));
    expect(numberAt(answer.meta, 10)).toBe(2n);
    expect(JSON.parse(answer.rest.toString())).toEqual({ text: "é" });
  });

  test("A server that stops answers 2003, and open calls to their end.", async () => {
    const { server, address, seen } = await served();
    const peer = RawPeer.to(address);
    peer.send(request(ECHO, 1, saying("hang")));
    while (seen.length < 1) await new Promise(setImmediate);
    const stopped = server.stop({ graceMs: 200 });
    await new Promise((resolve) => setImmediate(() => setImmediate(() => setImmediate(resolve))));
    peer.send(request(ECHO, 2, saying("late")));
    expect(said(await peer.next())).toMatchObject({ id: 2n, code: 2003 });
    await stopped;
  });

  test("More calls than may be open wait unread, and are answered.", async () => {
    const { address } = await served({ maxConcurrentCalls: 2 });
    const peer = RawPeer.to(address);
    peer.send(Buffer.concat(Array.from({ length: 50 }, (_, n) => request(ECHO, n, saying(`${n}`)))));
    const answers = (await peer.some(50)).map((answer) => said(answer));
    expect(answers.map(({ id }) => id)).toEqual(Array.from({ length: 50 }, (_, n) => BigInt(n)));
    expect(answers[49]?.rest).toEqual(saying("49"));
  });
});

describe("Errors", () => {
  test("An error has a number, a text, details and trailers, and neither message nor attachment.", async () => {
    const answer = await asked(request(ECHO, 2, Buffer.concat([saying("fail"), Buffer.of(1)]), [[5, 1]]));
    expect(said(answer)).toEqual({ id: 2n, code: 2, text: "No such ü.", rest: Buffer.alloc(0) });
    expect(answer.meta.has(5)).toBe(false);
    expect(userFields(answer.meta)).toEqual({ "trailer-x-end": "failed", "callwire-details": '[{"a":1}]' });
    expect(said(await asked(request(ECHO, 2, saying("own"))))).toMatchObject({ code: 4711, text: "Mine." });
  });

  test.each<[string, Buffer, number, RegExp]>([
    [
      "An attachment longer than what follows the meta",
      request(ECHO, 5, saying("x"), [[5, 99]]),
      1003,
      /attachment of 99/u,
    ],
    ["An attachment of fewer than 0 bytes", request(ECHO, 5, saying("x"), [[5, -1n]]), 1003, /attachment of -1/u],
    ["An unknown compression", request(ECHO, 5, saying("x"), [[3, 9]]), 1002, /compress_type 9/u],
    ["Snappy", request(ECHO, 5, saying("x"), [[3, 1]]), 1002, /compress_type 1 \(snappy\)/u],
    ["A message that is no gzip", request(ECHO, 5, saying("x"), [[3, 2]]), 1003, /it is no gzip/u],
    ["A message that is no zlib", request(ECHO, 5, saying("x"), [[3, 3]]), 1003, /it is no zlib/u],
    [
      "A wrong checksum",
      request(ECHO, 5, saying("x"), [
        [11, 1],
        [12, Buffer.of(1, 2, 3, 4)],
      ]),
      1003,
      /checksum/u,
    ],
    [
      "A checksum of another length",
      request(ECHO, 5, saying("x"), [
        [11, 1],
        [12, Buffer.of(1)],
      ]),
      1003,
      /checksum/u,
    ],
    ["A missing checksum", request(ECHO, 5, saying("x"), [[11, 1]]), 1003, /checksum/u],
    ["Another kind of checksum", request(ECHO, 5, saying("x"), [[11, 7]]), 1002, /type 7/u],
    ["A content type that is not read", request(ECHO, 5, saying("x"), [[10, 3]]), 1002, /content_type 3/u],
    ["An unknown method", request("echo.v1.EchoService/Nope", 5, saying("x")), 1002, /Unknown method/u],
    ["An unknown service", request("no.Svc/X", 5, saying("x")), 1002, /Unknown method "no\.Svc\/X"/u],
    [
      "A name that is not UTF-8",
      packet([
        [
          1,
          [
            [1, Buffer.of(0xff)],
            [2, "x"],
          ],
        ],
        [4, 5],
      ]),
      1002,
      /UTF-8/u,
    ],
    ["A message that is none", request(ECHO, 5, Buffer.of(255, 255)), 1003, /cannot be read/u],
    ["No request", packet([[4, 5]]), 1003, /no RpcMeta/u],
    ["A meta that breaks off after its id", packet(Buffer.of(0x20, 5, 0x0a, 9)), 1003, /no RpcMeta/u],
    [
      "A method with a stream, called without",
      request("echo.v1.EchoService/Count", 5, Buffer.of(8, 3)),
      1002,
      /stream_settings/u,
    ],
  ])("%s is refused, and the connection goes on.", async (_what, bytes, code, text) => {
    const { address } = await served();
    const peer = RawPeer.to(address);
    peer.send(bytes, request(ECHO, 6, saying("next")));
    // A stream may answer later.
    const [refused, next] = (await peer.some(2)).toSorted((a, b) => Number(said(a).id - said(b).id));
    if (refused === undefined || next === undefined) throw new Error("There are two.");
    expect(said(refused)).toMatchObject({ id: 5n, code, rest: Buffer.alloc(0) });
    expect(said(refused).text).toMatch(text);
    expect(said(next)).toMatchObject({ id: 6n, code: 0, rest: saying("next") });
  });

  test("A message or an attachment over the limit is skipped, before it has come, and the connection goes on.", async () => {
    const { address } = await served({ maxMessageBytes: 1000 });
    const peer = RawPeer.to(address);
    const long = request(ECHO, 5, saying("x".repeat(5000)));
    peer.send(long.subarray(0, 200));
    expect(said(await peer.next())).toMatchObject({ id: 5n, code: 2004 });
    peer.send(long.subarray(200), request(ECHO, 6, saying("x".repeat(1500))));
    expect(said(await peer.next())).toMatchObject({ id: 6n, code: 2004 });
    peer.send(request(ECHO, 7, Buffer.concat([saying("x"), Buffer.alloc(1200)]), [[5, 1200]]));
    expect(said(await peer.next())).toMatchObject({ id: 7n, code: 2004 });
    peer.send(request(ECHO, 8, saying("short")));
    expect(said(await peer.next())).toMatchObject({ id: 8n, code: 0 });
  });

  test.each<[string, Buffer, RegExp]>([
    ["A meta that is none, and has no id", packet(Buffer.of(0x0a, 0x7f)), /no RpcMeta/u],
    [
      "An answer",
      packet([
        [2, []],
        [4, 1],
      ]),
      /sent an answer/u,
    ],
    ["A packet that begins with something else", Buffer.from("PRPX00000000"), /bytes 50 52 50 58/u],
    ["A meta over the limit", packet([[1, [[1, "x".repeat(20_000)]]]]), /meta may have 16384 bytes/u],
    ["A frame of a stream whose meta is none", packet(Buffer.of(0x0a, 0x7f), undefined, "STRM"), /stream's frame/u],
    ["A packet that is far too long", request(ECHO, 5, Buffer.alloc(0)).fill(0xf0, 4, 5), /too long to be skipped/u],
  ])("%s ends its connection, and no other.", async (_what, bytes, reason) => {
    const { address, logged } = await served();
    const [peer, other] = [RawPeer.to(address), RawPeer.to(address)];
    peer.send(request(ECHO, 1, saying("first")));
    await peer.next();
    other.send(request(ECHO, 1, saying("first")));
    await other.next();
    peer.send(bytes);
    await peer.closed;
    expect(logged.join("\n")).toMatch(reason);
    other.send(request(ECHO, 2, saying("still")));
    expect(said(await other.next()).rest).toEqual(saying("still"));
  });
});

describe("Compression and checksums", () => {
  test.each([
    [2, gzipSync],
    [3, deflateSync],
  ] as const)("A message of compress_type %i is read, and answered plain.", async (type, code) => {
    const answer = await asked(request(ECHO, 2, code(saying("text".repeat(1000))), [[3, type]]));
    expect(said(answer).rest).toEqual(saying("text".repeat(1000)));
  });

  test("Decompression stops at the limit.", async () => {
    const answer = await asked(request(ECHO, 2, gzipSync(saying("x".repeat(5000))), [[3, 2]]), {
      maxMessageBytes: 1000,
    });
    expect(said(answer).code).toBe(2004);
  });

  test("A server compresses and adds checksums where it is told to.", async () => {
    const text = "x".repeat(2000);
    const options = { sendCompression: "deflate", baidu: { checksum: true } };
    expect((await asked(request(ECHO, 2, saying("short")), options)).rest).toEqual(saying("short"));
    const answer = await asked(request(ECHO, 2, saying(text)), options);
    expect(numberAt(answer.meta, 3)).toBe(3n);
    expect(answer.rest).toEqual(deflateSync(saying(text)));
    const crc = crc32c(answer.rest);
    expect(bytesAt(answer.meta, 12).readUInt32BE()).toBe(((((crc >>> 15) | (crc << 17)) >>> 0) + 0xa282ead8) % 2 ** 32);
  });

  test("A checksum may cover the attachment.", async () => {
    const rest = Buffer.concat([saying("x"), Buffer.of(1, 2, 3)]);
    const crc = crc32c(rest);
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(((((crc >>> 15) | (crc << 17)) >>> 0) + 0xa282ead8) % 2 ** 32);
    const answer = await asked(
      request(ECHO, 2, rest, [
        [5, 3],
        [11, 1],
        [12, sum],
        [13, 1],
      ]),
    );
    expect(said(answer)).toMatchObject({ code: 0, rest: saying("x") });
  });
});

describe("Authentication", () => {
  const authenticate = (data: Uint8Array): boolean => {
    if (data.length > 20) throw new Error("too long");
    return Buffer.from(data).toString() === "secret";
  };

  test("A connection is authenticated by its first request.", async () => {
    const { address } = await served({ baidu: { authenticate } });
    const peer = RawPeer.to(address);
    peer.send(request(ECHO, 1, saying("a"), [[7, "secret"]]), request(ECHO, 2, saying("b")));
    expect((await peer.some(2)).map((answer) => said(answer).code)).toEqual([0, 0]);
  });

  test.each([[[]], [[[7, "wrong"]]], [[[7, "x".repeat(30)]]]] as const)(
    "Otherwise it is answered 1004 and closed (%j).",
    async (more) => {
      const { address } = await served({ baidu: { authenticate } });
      const peer = RawPeer.to(address);
      peer.send(request(ECHO, 1, saying("a"), more), request(ECHO, 2, saying("b")));
      expect(said(await peer.next())).toMatchObject({ id: 1n, code: 1004 });
      await peer.closed;
    },
  );
});
