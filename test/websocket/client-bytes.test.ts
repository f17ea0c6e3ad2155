import { createHash } from "node:crypto";
import { expect, onTestFinished, test } from "vitest";
import type { Connection } from "../../src/transports/connection.js";
import { memoryPair } from "../../src/transports/memory.js";
import { WebSocketClientSession } from "../../src/transports/websocket/websocket-client-session.js";
import { DEFAULT_LIMITS } from "../../src/wires/limits.js";
import { attach, type Attached, settled } from "./attached.js";
import { EchoClient, echoed } from "./echo-client.js";
import { closeOf, framesIn, frameOf, type Heard } from "./frames.js";

const TEXT = 1;
const CLOSE = 8;
const PONG = 10;
const UNMASKED = { mask: false };

/** A client at one end of a connection in memory, whose server is a person with bytes. */
interface Talk extends Attached {
  readonly session: WebSocketClientSession;
  readonly inner: EchoClient;
  readonly server: Connection;
  /** The request for a WebSocket, when it is whole. */
  readonly request: () => string;
  /** What follows it. */
  readonly heard: () => Heard[];
}

function talk(chunkBytes = 65_536): Talk {
  const [near, server] = memoryPair({ chunkBytes });
  const limits = { ...DEFAULT_LIMITS, maxMessageBytes: 1000 };
  const http = { authority: "example.com", path: "/", fields: [] };
  let session: WebSocketClientSession | undefined;
  let inner: EchoClient | undefined;
  const attached = attach(
    near,
    (outlet) =>
      (session = new WebSocketClientSession(outlet, (outlet) => (inner = new EchoClient(outlet)), { limits, http })),
    "client",
  );
  near.start(attached.attachment);
  const chunks: Uint8Array[] = [];
  server.start({ data: (chunk) => chunks.push(new Uint8Array(chunk)), end() {}, drain() {}, close() {} });
  onTestFinished(() => server.destroy());
  if (session === undefined || inner === undefined) throw new Error("The session was not made.");
  const head = (): number => Buffer.concat(chunks).indexOf("\r\n\r\n") + 4;
  return {
    ...attached,
    session,
    inner,
    server,
    request: () => Buffer.concat(chunks).subarray(0, head()).toString(),
    heard: () => framesIn(Buffer.concat(chunks).subarray(head()), true),
  };
}

/** The answer that opens a WebSocket. */
function agreed(request: string, more = ""): Buffer {
  const key = /sec-websocket-key: (.*)\r\n/u.exec(request)?.[1] ?? "";
  const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
  const fields = `Upgrade: WebSocket\r\nConnection: keep-alive, upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n`;
  return Buffer.from(`HTTP/1.1 101 Switching Protocols\r\n${fields}${more}\r\n`);
}

/** What a call comes to, be it an error. */
async function outcome(call: Promise<string> | undefined): Promise<string> {
  try {
    return (await call) ?? "";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

test("The handshake is that of RFC 6455, with another key each time.", async () => {
  const requests = [talk(), talk()];
  await settled();
  const [one = "", other = ""] = requests.map(({ request }) => request());
  expect(one).toMatch(
    /^GET \/ HTTP\/1\.1\r\nhost: example\.com\r\nconnection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: [A-Za-z0-9+/]{22}==\r\n\r\n$/u,
  );
  expect(other).not.toBe(one);
});

test("The answer and what follows it are understood wherever they are cut.", async () => {
  const frames = Buffer.concat([
    frameOf(TEXT, "one", UNMASKED),
    frameOf(9, "p", UNMASKED),
    frameOf(TEXT, "t", { ...UNMASKED, fin: false }),
    frameOf(0, "wo", UNMASKED),
    closeOf(1000, "", UNMASKED),
  ]);
  const conversation = async (cut: number, chunkBytes?: number): Promise<void> => {
    const { session, server, request, heard, closed, inner } = talk(chunkBytes);
    const calls = [echoed(session, "1"), echoed(session, "2"), echoed(session, "3")];
    const last = outcome(calls[2]);
    while (request().length < 150) await settled(1);
    const bytes = Buffer.concat([agreed(request()), frames]);
    server.write(bytes.subarray(0, cut));
    server.write(bytes.subarray(cut));
    expect(await calls[0]).toBe("one");
    expect(await calls[1]).toBe("two");
    expect(await last).toMatch(/^unavailable: /u);
    // The goodbye is heard: what a server does then is to end the connection.
    server.end();
    await closed;
    expect(inner.events.slice(0, 3)).toEqual(["one", "two", "finish"]);
    expect(heard().filter(([opcode]) => opcode !== PONG)).toEqual(expect.arrayContaining([[CLOSE, "1000 "]]));
  };
  await Promise.all(Array.from({ length: 160 + frames.length }, (_, cut) => conversation(cut)));
  await conversation(0, 1);
  await conversation(0, 3);
});

test.each([
  ["a masked frame", frameOf(TEXT, "x")],
  ["a frame of an unknown kind", frameOf(5, "x", UNMASKED)],
  ["a reserved bit", frameOf(TEXT, "x", { ...UNMASKED, reserved: 0x40 })],
  ["text that is no UTF-8", frameOf(TEXT, Uint8Array.of(0xff), UNMASKED)],
  ["a message over the limit", frameOf(TEXT, "x".repeat(1001), UNMASKED)],
])("A server that sends %s loses the connection, and its callers hear of it.", async (_what, bytes) => {
  const { session, server, request, closed, log } = talk();
  const call = outcome(echoed(session, "1"));
  await settled();
  server.write(Buffer.concat([agreed(request()), bytes]));
  expect(await call).toMatch(/^(?:unavailable|resource_exhausted): \S/u);
  await closed;
  expect(log).toHaveLength(1);
});

test.each([
  ["an extension that was not offered", "sec-websocket-extensions: permessage-deflate\r\n"],
  ["a subprotocol that was not offered", "sec-websocket-protocol: chat\r\n"],
])("A server that answers with %s is refused.", async (_what, field) => {
  const { session, server, request, closed } = talk();
  const call = outcome(echoed(session, "1"));
  await settled();
  server.write(agreed(request(), field));
  expect(await call).toContain("which nobody offered");
  await closed;
});

test("A client that holds up reading hears the goodbye behind the messages.", async () => {
  const { session, inner, server, request } = talk();
  inner.outlet.pause();
  inner.outlet.resume();
  const calls = [echoed(session, "1"), echoed(session, "2")];
  await settled();
  server.write(agreed(request()));
  await settled();
  inner.outlet.pause();
  // It is read on at once, since the connection has nothing to say yet.
  session.receive(
    Buffer.concat([frameOf(TEXT, "one", UNMASKED), frameOf(TEXT, "two", UNMASKED), closeOf(1001, "", UNMASKED)]),
  );
  expect(inner.events).toEqual([]);
  inner.outlet.resume();
  expect(await Promise.all(calls)).toEqual(["one", "two"]);
  expect(inner.events).toEqual(["one", "two", "finish"]);
});
