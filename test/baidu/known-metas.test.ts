import { gzipSync } from "node:zlib";
import { type CallOptions, connect } from "callwire/client";
import { createServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { EchoService } from "../../examples/quickstart/gen/echo_pb.js";
import { random, SEED } from "../frame/mutations.js";
import {
  bytesAt,
  type Field,
  fieldsOf,
  numberAt,
  type Packet,
  packet,
  request,
  saying,
  userFields,
} from "./packets.js";
import { RawPeer, served } from "./served.js";

const ECHO = "echo.v1.EchoService/Echo";

function userField(name: string, value: string): Field {
  return [
    9,
    [
      [1, name],
      [2, value],
    ],
  ];
}

/** A request with fields within its own message, and fields of the meta. */
function asking(id: number, rest: Uint8Array, own: readonly Field[], more: readonly Field[] = []): Buffer {
  return packet([[1, [[1, "echo.v1.EchoService"], [2, "Echo"], ...own]], [4, id], ...more], rest);
}

/** Requests whose metas are alike, and whose answers are not. */
const REQUESTS: readonly ((id: number) => Buffer)[] = [
  (id) => request(ECHO, id, saying("meta")),
  (id) => request(ECHO, id, saying("plain")),
  (id) => request("EchoService/Sum", id, Buffer.alloc(0)),
  (id) => request("echo.v1.EchoService/None", id, saying("meta")),
  (id) => asking(id, saying("meta"), [[8, 60_000]]),
  (id) => asking(id, saying("meta"), [[8, 50_000]]),
  (id) => asking(id, saying("meta"), [[3, 7]]),
  (id) => asking(id, saying("meta"), [], [userField("x-asked", "one")]),
  (id) => asking(id, saying("meta"), [], [userField("x-asked", "two")]),
  (id) => asking(id, saying("meta"), [[8, 60_000]], [userField("x-asked", "two")]),
  (id) => request(ECHO, id, Buffer.concat([saying("attached"), Buffer.of(1, 2)]), [[5, 2]]),
  (id) => request(ECHO, id, saying("attached")),
  (id) => request(ECHO, id, gzipSync(saying("meta")), [[3, 2]]),
  (id) => request(ECHO, id, Buffer.from('{"text":"meta"}'), [[10, 2]]),
  (id) =>
    request(ECHO, id, saying("meta"), [
      [10, 0],
      [11, 0],
      [12, ""],
    ]),
  (id) => request(ECHO, id, Buffer.alloc(3000, "x")),
  (id) => request(ECHO, id, Buffer.of(0x0a, 0xff)),
  (id) => request(ECHO, id, saying("fail")),
];

/** What an answer says beside its id. */
function told({ meta, rest }: Packet): unknown {
  const [response, attached] = [bytesAt(meta, 2).toString("latin1"), numberAt(meta, 5)];
  return { response, attached, user: userFields(meta), content: numberAt(meta, 10), rest: rest.toString("latin1") };
}

test(`Whatever came before on its connection, a request is answered as on a new one (FUZZ_SEED=${SEED}).`, async () => {
  const { address } = await served({ maxMessageBytes: 2048 });
  const alone = await Promise.all(
    REQUESTS.map(async (asked) => {
      const peer = RawPeer.to(address);
      peer.send(asked(1));
      const answer = await peer.next();
      peer.socket.destroy();
      return told(answer);
    }),
  );
  expect(
    new Set(
      alone.map((each) =>
        JSON.stringify(each, (_, value: unknown) => (typeof value === "bigint" ? `${value}n` : value)),
      ),
    ).size,
  ).toBeGreaterThan(10);
  const pick = random(SEED);
  const peer = RawPeer.to(address);
  const asked = Array.from({ length: 300 }, () => {
    const which = pick(REQUESTS.length);
    // Some come many times in a row.
    return pick(4) === 0 ? Array<number>(4).fill(which) : [which];
  }).flat();
  const bytes = Buffer.concat(asked.map((which, i) => REQUESTS[which]?.(i) ?? Buffer.alloc(0)));
  for (let at = 0; at < bytes.length;) {
    const length = 1 + pick(800);
    peer.send(bytes.subarray(at, at + length));
    at += length;
  }
  const answers = await peer.some(asked.length);
  for (const answer of answers) {
    const which = asked[Number(numberAt(answer.meta, 4))] ?? -1;
    expect(told(answer)).toEqual(alone[which]);
  }
  expect(new Set(answers.map(({ meta }) => numberAt(meta, 4))).size).toBe(asked.length);
});

test("An answer says what it says, whatever the answers before it said.", async () => {
  const kinds: readonly ((id: bigint) => { bytes: Buffer; heard: unknown })[] = [
    (id) => ({
      bytes: packet(
        [
          [2, [[1, 0]]],
          [4, id],
        ],
        saying("plain"),
      ),
      heard: ["plain", [], 0],
    }),
    (id) => ({
      bytes: packet(
        [
          [2, []],
          [4, id],
        ],
        saying("short"),
      ),
      heard: ["short", [], 0],
    }),
    (id) => ({
      bytes: packet([[2, [[1, 0]]], [4, id], userField("x-a", "1")], saying("fields")),
      heard: ["fields", [["x-a", "1"]], 0],
    }),
    (id) => ({
      bytes: packet(
        [
          [2, [[1, 0]]],
          [4, id],
          [5, 2],
        ],
        Buffer.concat([saying("attached"), Buffer.of(1, 2)]),
      ),
      heard: ["attached", [], 2],
    }),
    (id) => ({
      bytes: packet(
        [
          [2, [[1, 0]]],
          [3, 2],
          [4, id],
        ],
        gzipSync(saying("packed")),
      ),
      heard: ["packed", [], 0],
    }),
    (id) => ({
      bytes: packet([
        [
          2,
          [
            [1, 1003],
            [2, "no"],
          ],
        ],
        [4, id],
      ]),
      heard: "invalid_argument",
    }),
    (id) => ({
      bytes: packet(
        [
          [2, [[1, 0]]],
          [4, id],
        ],
        Buffer.alloc(3000),
      ),
      heard: "resource_exhausted",
    }),
  ];
  const pick = random(SEED);
  const due = new Map<string, unknown>();
  const server = createServer({ noDelay: true }, (socket) => {
    const peer = new RawPeer(socket);
    void (async () => {
      for (;;) {
        const asked = await peer.next();
        const kind = kinds[pick(kinds.length)] ?? kinds[0];
        const { bytes, heard } = kind?.(numberAt(asked.meta, 4)) ?? { bytes: Buffer.alloc(0), heard: "" };
        due.set(bytesAt(fieldsOf(asked.rest), 1).toString(), heard);
        peer.send(bytes);
      }
    })().catch(() => {}); // the connection has ended
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  onTestFinished(() => void server.close());
  const { port } = server.address() as { port: number }; // it listens on TCP
  const client = connect(EchoService, `baidu://127.0.0.1:${port}`, { maxMessageBytes: 2048 });
  onTestFinished(() => client[Symbol.asyncDispose]());
  const hear = async (name: string): Promise<void> => {
    const fields: [string, string][] = [];
    let attached = 0;
    const heard: unknown = await client
      .echo(
        { text: name },
        {
          onHeader: (headers) => fields.push(...headers),
          onAttachment: (bytes) => {
            attached = bytes.length;
          },
        },
      )
      .then(
        ({ text }) => [text, fields, attached],
        (error: unknown) => (error as { code: string }).code, // an RpcError
      );
    expect(heard).toEqual(due.get(name));
  };
  for (let round = 0; round < 20; round += 1)
    await Promise.all(Array.from({ length: 30 }, (_, i) => hear(`${round}/${i}`)));
  expect(due.size).toBe(600);
});

test("A request says what its own call was given, whatever the calls before it were given, on one connection and on several.", async () => {
  const kinds: readonly [
    CallOptions | undefined,
    timeout: bigint,
    user: Readonly<Record<string, string>>,
    id?: string,
  ][] = [
    [undefined, 0n, {}],
    [{ timeoutMs: 60_000 }, 60_000n, {}],
    [{ timeoutMs: 50_000.5 }, 50_001n, {}],
    [{ headers: { "x-a": "1" } }, 0n, { "x-a": "1" }],
    [{ headers: { "x-a": "2" }, timeoutMs: 60_000 }, 60_000n, { "x-a": "2" }],
    [{ headers: { "x-request-id": "r" } }, 0n, {}, "r"],
  ];
  const asked = new Map<string, unknown>();
  const server = createServer({ noDelay: true }, (socket) => {
    const peer = new RawPeer(socket);
    void (async () => {
      for (;;) {
        const { meta, rest } = await peer.next();
        const own = fieldsOf(bytesAt(meta, 1));
        const { callwire: _, ...user } = userFields(meta);
        const names = [1, 2, 7].map((number) => bytesAt(own, number).toString());
        asked.set(bytesAt(fieldsOf(rest), 1).toString(), [names, numberAt(own, 8), user]);
        peer.send(
          packet(
            [
              [2, []],
              [4, numberAt(meta, 4)],
            ],
            saying(""),
          ),
        );
      }
    })().catch(() => {}); // the connection has ended
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  onTestFinished(() => void server.close());
  const { port } = server.address() as { port: number }; // it listens on TCP
  const client = connect(EchoService, `baidu://127.0.0.1:${port}`, { connections: 3 });
  onTestFinished(() => client[Symbol.asyncDispose]());
  const pick = random(SEED);
  const given = Array.from({ length: 300 }, () => pick(kinds.length));
  for (let at = 0; at < given.length; at += 30)
    await Promise.all(
      given.slice(at, at + 30).map((which, i) => client.echo({ text: String(at + i) }, kinds[which]?.[0])),
    );
  given.forEach((which, i) => {
    const [, timeout, user, id = ""] = kinds[which] ?? [];
    expect(asked.get(String(i))).toEqual([["echo.v1.EchoService", "Echo", id], timeout, user]);
  });
});
