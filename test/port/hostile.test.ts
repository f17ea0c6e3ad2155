import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closeOf, frameOf, framesIn } from "../websocket/frames.js";
import { asked, type Answered, JSON_TYPE, XML_TYPE, xmlCall } from "./asked.js";
import { beside, bytesHeld, target } from "./beside.js";
import { Outsider } from "./outsider.js";

const MB = 1024 * 1024;
const GIB = 1024 ** 3;

let before = 0;
let rss = 0;
beforeAll(() => {
  before = bytesHeld();
  rss = process.memoryUsage().rss;
});
afterAll(() => {
  console.log("held", (bytesHeld() - before) / MB, "rss", (process.memoryUsage().rss - rss) / MB);
});

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
    for (const entity of ['SYSTEM "file:///etc/passwd"', 'PUBLIC "a" "http://127.0.0.1:1/"', '% p SYSTEM "file:///etc/passwd"']) {
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
      const head = xmlCall("sums.echo").slice(0, -31);
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
