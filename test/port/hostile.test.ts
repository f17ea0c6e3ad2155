import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { closeOf, frameOf, framesIn } from "../websocket/frames.js";
import { asked, type Answered } from "./asked.js";
import { JSON_TYPE, XML_TYPE, xmlCall } from "./bodies.js";
import { bytesHeld } from "../bytes-held.js";
import { beside, target } from "./beside.js";
import { Outsider } from "./outsider.js";

const MB = 1024 * 1024;
const GIB = 1024 ** 3;

/** What this process holds, and what the system has given it, before any attack. */
const before = bytesHeld();
const { rss } = process.memoryUsage();

const POST_XML = "POST /RPC2 HTTP/1.1\r\nhost: a\r\ncontent-type: text/xml\r\n";
const POST_JSON = "POST / HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n";
const CHUNKED = "transfer-encoding: chunked\r\n\r\n";

/** What is said on a connection of its own until its end, while others call. */
async function answered(address: string, attack: (peer: Outsider) => Promise<void> | void): Promise<string> {
  return await beside(address, async () => {
    const peer = await Outsider.to(address);
    await attack(peer);
    return await peer.rest();
  });
}

async function posted(address: string, body: string | Uint8Array, headers: Record<string, string>): Promise<Answered> {
  return await beside(address, () => asked(address, { headers, body }));
}

/** A WebSocket that is opened by hand. */
async function webSocket(address: string): Promise<Outsider> {
  const peer = await Outsider.to(address);
  peer.say(
    "GET / HTTP/1.1\r\nhost: a\r\nupgrade: websocket\r\nconnection: Upgrade\r\n" +
      "sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
  );
  await peer.until(/^HTTP\/1\.1 101 [^]*?\r\n\r\n/u);
  return peer;
}

const fault = (code: number, message: RegExp): RegExp =>
  new RegExp(`<fault>[^]*<int>${code}</int>[^]*${message.source}`, "u");

describe("XML", () => {
  test("whose entities stand for billions of others is refused at its document type.", async () => {
    const { address } = await target();
    const laughs = Array.from({ length: 10 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`).join("");
    const body = `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY l0 "ha">${laughs}]>${xmlCall("sums.echo", "&l10;").slice(21)}`;
    const { status, text } = await posted(address, body, XML_TYPE);
    expect(status).toBe(200);
    expect(text).toMatch(fault(-32_700, /no document type/u));
  });

  test("that names files of the server's is refused, and they are not read.", async () => {
    const { address } = await target();
    for (const entity of [
      'SYSTEM "file:///etc/passwd"',
      'PUBLIC "a" "http://127.0.0.1:1/"',
      '% p SYSTEM "file:///etc/passwd"',
    ]) {
      const body = `<!DOCTYPE a [<!ENTITY x ${entity}>]>${xmlCall("sums.echo", "&x;").slice(21)}`;
      const { text } = await posted(address, body, XML_TYPE);
      expect(text).toMatch(fault(-32_700, /no document type/u));
      expect(text).not.toContain("root:");
    }
  });

  test("of a million arrays within each other is refused for its depth.", async () => {
    const { address } = await target({ maxMessageBytes: 32 * MB });
    const nested = Buffer.from(`c350\r\n${"<value><array><data>".repeat(2500)}\r\n`);
    const said = await answered(address, async (peer) => {
      peer.say(`${POST_XML}connection: close\r\n${CHUNKED}`);
      const head = "<methodCall><methodName>sums.echo</methodName><params><param>";
      peer.say(`${head.length.toString(16)}\r\n${head}\r\n`);
      await peer.pour(nested, 400);
      peer.say("0\r\n\r\n");
    });
    expect(said).toMatch(/^HTTP\/1\.1 200 /u);
    expect(said).toMatch(fault(-32_600, /100 deep/u));
  });

  test("without an end is refused at the limit.", async () => {
    const { address } = await target();
    const piece = Buffer.from(`10000\r\n${"<value>1</value>".repeat(4096)}\r\n`);
    const said = await answered(address, async (peer) => {
      peer.say(`${POST_XML}${CHUNKED}`);
      await peer.pour(piece, 10_000);
    });
    expect(said).toMatch(/^HTTP\/1\.1 413 /u);
  });
});

describe("JSON", () => {
  const deep = `{"jsonrpc":"2.0","id":7,"method":"sums.echo","params":${"[".repeat(1_000_000)}${"]".repeat(1_000_000)}}`;
  const tooDeep = {
    jsonrpc: "2.0",
    id: 7,
    error: { code: -32_600, message: expect.stringContaining("100 deep") as string },
  };

  test("of a million arrays within each other is refused for its depth, over HTTP and on a connection, which goes on.", async () => {
    const { address } = await target();
    const { text } = await posted(address, deep, JSON_TYPE);
    expect(JSON.parse(text)).toEqual(tooDeep);
    for (const framing of ["lines", "headers"]) {
      const packed = (json: string): string =>
        framing === "lines" ? `${json}\n` : `Content-Length: ${json.length}\r\n\r\n${json}`;
      await beside(address, async () => {
        const peer = await Outsider.to(address);
        peer.say(packed(deep));
        const [refusal] = await peer.until(/\{.*"id":7\}|\{"jsonrpc":"2.0","id":7.*\}/u);
        expect(JSON.parse(refusal)).toEqual(tooDeep);
        peer.say(packed('{"jsonrpc":"2.0","id":8,"method":"sums.add","params":[2,3]}'));
        await peer.until(/"id":8,"result":5/u);
      });
    }
  });

  test("of a million arrays in a frame is refused for its depth, and the connection goes on.", async () => {
    const { address } = await target();
    const frame = (json: string): Buffer => {
      const length = Buffer.alloc(4);
      length.writeUInt32LE(json.length);
      return Buffer.concat([length, Buffer.from(json)]);
    };
    await beside(address, async () => {
      const peer = await Outsider.to(address);
      peer.say(frame(`{"in":"sums.echo","id":7,"params":${"[".repeat(1_000_000)}${"]".repeat(1_000_000)}}`));
      await peer.until(/"out":"error","id":7,"result":\{"code":"invalid_argument","message":"[^"]*100 deep/u);
      peer.say(frame('{"in":"sums.add","params":[2,3]}'));
      await peer.until(/"result":5/u);
    });
  });

  test("that never ends a line is refused, read past, and in the end not read any more.", async () => {
    const { address } = await target({ maxMessageBytes: MB });
    const said = await answered(address, async (peer) => {
      peer.say('{"jsonrpc":"2.0","id":7,"method":"sums.echo","params":["');
      await peer.pour(Buffer.alloc(MB, "a"), 1000);
    });
    expect(JSON.parse(said)).toMatchObject({ id: 7, error: { code: -32_008 } });
  });

  test("that calls a million times in one batch is refused.", async () => {
    const { address } = await target();
    const { text } = await posted(address, `[${"1,".repeat(1_000_000)}1]`, JSON_TYPE);
    expect(JSON.parse(text)).toMatchObject({ id: null, error: { code: -32_600 } });
  });

  test("with twenty thousand header fields in a call is refused, and the connection goes on.", async () => {
    const { address } = await target();
    const headers = Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`x${n}`, ""]));
    await beside(address, async () => {
      const peer = await Outsider.to(address);
      peer.say(`${JSON.stringify({ jsonrpc: "2.0", id: 7, method: "sums.add", params: [2, 3], headers })}\n`);
      const [line] = await peer.until(/.*\n/u);
      expect(JSON.parse(line)).toMatchObject({ id: 7, error: { code: -32_008 } });
      peer.say('{"jsonrpc":"2.0","id":8,"method":"sums.add","params":[2,3]}\n');
      await peer.until(/"id":8,"result":5/u);
    });
  });
});

describe("A length of a gigabyte", () => {
  test.each([
    ["of a request", `${POST_JSON}content-length: ${GIB}\r\n\r\n{`, /^HTTP\/1\.1 413 [^]*4194304 bytes/u],
    ["of a chunk", `${POST_XML}${CHUNKED}${GIB.toString(16)}\r\n<`, /^HTTP\/1\.1 413 [^]*4194304 bytes/u],
    [
      "behind Content-Length",
      `Content-Length: ${GIB}\r\n\r\n{"jsonrpc":"2.0"`,
      /"error":\{"code":-32008,.*4194304 bytes/u,
    ],
    ["of a frame", "\u0004\0\0\u0040{", /"out":"error".*"code":"resource_exhausted".*4194304 bytes/u],
  ])("%s is refused before it comes.", async (_what, text, answer) => {
    const { address } = await target();
    const said = await answered(address, (peer) => peer.say(text));
    expect(said).toMatch(answer);
  });

  test("of a WebSocket's message is refused before it comes.", async () => {
    const { address } = await target();
    await beside(address, async () => {
      const peer = await webSocket(address);
      peer.say(frameOf(1, "{", { length: BigInt(GIB) }));
      expect(framesIn(Buffer.from(await peer.rest(), "latin1"))).toEqual([[8, expect.stringMatching(/^1009 /u)]]);
    });
  });
});

describe("What never ends", () => {
  test.each([
    ["A head", POST_JSON, "x: y\r\n", /^HTTP\/1\.1 431 [^]*16384 bytes/u],
    ["A line of a head", `${POST_JSON}x: `, "y", /^HTTP\/1\.1 431 [^]*16384 bytes/u],
    ["A target", "GET /", "a", /^HTTP\/1\.1 414 /u],
    ["A body's trailer part", `${POST_JSON}${CHUNKED}0\r\n`, "x: y\r\n", /^HTTP\/1\.1 400 /u],
    ["A chunk's extension", `${POST_JSON}${CHUNKED}1;`, "y", /^HTTP\/1\.1 400 /u],
    ["A header part", "Content-Length: 2\r\n", "x: y\r\n", /"error":\{"code":-32700,/u],
  ])("%s costs its connection at its limit.", async (_what, opening, piece, answer) => {
    const { address } = await target();
    const said = await answered(address, async (peer) => {
      peer.say(opening);
      await peer.pour(Buffer.from(piece.repeat(2000)), 10_000);
    });
    expect(said).toMatch(answer);
  });

  test("A WebSocket's message in fragments costs its connection at its limit.", async () => {
    const { address } = await target();
    await beside(address, async () => {
      const peer = await webSocket(address);
      peer.say(frameOf(1, "{", { fin: false }));
      const fragment = frameOf(0, "a", { fin: false });
      await peer.pour(Buffer.concat(Array.from({ length: 1000 }, () => fragment)), 1000);
      expect(framesIn(Buffer.from(await peer.rest(), "latin1"))).toEqual([[8, expect.stringMatching(/^100[89] /u)]]);
    });
  });
});

test("A hundred thousand header fields are refused with 431.", async () => {
  const { address } = await target();
  const fields = Array.from({ length: 100_000 }, (_, n) => `x${n}: y\r\n`).join("");
  const said = await answered(address, (peer) => peer.say(`${POST_JSON}${fields}\r\n`));
  expect(said).toMatch(/^HTTP\/1\.1 431 /u);
});

test("A gigabyte of zeros in a megabyte of gzip is refused with 413.", async () => {
  const { address } = await target();
  const member = gzipSync(Buffer.alloc(16 * MB), { level: 1 });
  const bomb = Buffer.concat(Array.from({ length: 64 }, () => member));
  for (const type of [JSON_TYPE, XML_TYPE]) {
    const said = await answered(address, (peer) => {
      peer.say(`POST / HTTP/1.1\r\nhost: a\r\ncontent-type: ${type["content-type"]}\r\ncontent-encoding: gzip\r\n`);
      peer.say(`content-length: ${bomb.length}\r\n\r\n`);
      peer.say(bomb);
    });
    expect(said).toMatch(/^HTTP\/1\.1 413 /u);
  }
});

test("Garbage behind a thousand requests sent at once ends the connection after their answers.", async () => {
  const { address } = await target();
  const json = (n: number): string => `{"jsonrpc":"2.0","id":${n},"method":"sums.add","params":[${n},0]}`;
  const requests = Array.from(
    { length: 1000 },
    (_, n) => `${POST_JSON}content-length: ${json(n).length}\r\n\r\n${json(n)}`,
  );
  const said = await answered(address, (peer) =>
    peer.say(`${requests.join("")}\0\u0001 garbage\r\n\r\n${requests[0] ?? ""}`),
  );
  const results = Array.from(said.matchAll(/"id":(\d+),"result":(\d+)\}/gu), ([, id, result]) => [
    Number(id),
    Number(result),
  ]);
  expect(results).toEqual(Array.from({ length: 1000 }, (_, n) => [n, n]));
  expect(said.slice(said.lastIndexOf("}") + 1)).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n[^]*garbage".\n$/u);
});

test("A million pings are answered with few pongs, and then a call.", async () => {
  const { address } = await target();
  const peer = await webSocket(address);
  await beside(address, async () => {
    const ping = frameOf(9, "p");
    await peer.pour(Buffer.concat(Array.from({ length: 10_000 }, () => ping)), 100);
    peer.say(frameOf(1, '{"jsonrpc":"2.0","id":1,"method":"sums.add","params":[2,3]}'));
    peer.say(closeOf(1000));
    const heard = framesIn(Buffer.from(await peer.rest(), "latin1"));
    expect(heard.filter(([opcode]) => opcode !== 10)).toEqual([
      [1, '{"jsonrpc":"2.0","id":1,"result":5}'],
      [8, "1000 "],
    ]);
    expect(heard.length).toBeLessThan(100_000);
  });
});

test("After all that, this process holds nothing of it, and it never held the most of it at once.", () => {
  expect(bytesHeld() - before).toBeLessThan(32 * MB);
  // Both ends are in this process, and garbage is not given back to the system at once.
  expect(process.memoryUsage().rss - rss).toBeLessThan(256 * MB);
});
