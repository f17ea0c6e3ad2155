import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { type ClientOptions, WebSocket } from "ws";
import { Http1ServerSession } from "../../src/transports/http1/http1-server-session.js";
import { SocketConnection } from "../../src/transports/socket.js";
import { upgradeOf, type UpgradeRules } from "../../src/transports/websocket/upgrade-of.js";
import { WebSocketServerSession } from "../../src/transports/websocket/websocket-server-session.js";
import type { HttpServe } from "../../src/wires/http.js";
import { DEFAULT_LIMITS } from "../../src/wires/limits.js";
import { attach, type Attached } from "./attached.js";
import { EchoSession } from "./echo-session.js";

/** A server of echoes on a socket. */
interface Served {
  readonly url: string;
  readonly sessions: EchoSession[];
  readonly connections: Attached[];
}

async function served(rules: UpgradeRules = {}): Promise<Served> {
  const limits = { ...DEFAULT_LIMITS, maxMessageBytes: 1_000_000 };
  const sessions: EchoSession[] = [];
  const connections: Attached[] = [];
  const serve: HttpServe = (request, out) => {
    const upgrade = upgradeOf(request, rules);
    if (upgrade.refusal !== undefined) out.respond(upgrade.refusal, upgrade.body);
    else
      out.upgrade(
        upgrade.fields,
        (outlet) =>
          new WebSocketServerSession(
            outlet,
            (inner) => {
              const session = new EchoSession(inner);
              sessions.push(session);
              return session;
            },
            { limits },
          ),
      );
    return { answer() {}, data: () => true, room() {}, reset() {} };
  };
  const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true }, (socket) => {
    const connection = SocketConnection.accepted(socket, "tcp://client");
    const attached = attach(connection, (outlet) => new Http1ServerSession(outlet, serve, { limits }), "server");
    connections.push(attached);
    connection.start(attached.attachment);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo; // a TCP server's address
  return { url: `ws://127.0.0.1:${port}/rpc`, sessions, connections };
}

async function opened(url: string, options: ClientOptions = {}, protocols: string[] = []): Promise<WebSocket> {
  const socket = new WebSocket(url, protocols, options);
  onTestFinished(() => socket.terminate());
  await once(socket, "open");
  return socket;
}

async function heard(socket: WebSocket): Promise<string> {
  const [data] = (await once(socket, "message")) as [Buffer]; // ws hands on Buffers unless told otherwise
  return data.toString();
}

describe("A client that others wrote", () => {
  test("is answered, whatever the length, and may ask for compression in vain", async () => {
    const { url } = await served();
    const socket = await opened(url, { perMessageDeflate: true });
    expect(socket.extensions).toBe("");
    for (const length of [0, 5, 126, 65_536, 1_000_000]) {
      const answer = heard(socket);
      socket.send("é".repeat(length / 2));
      expect(await answer).toBe("é".repeat(length / 2));
    }
    const answer = heard(socket);
    socket.send(Buffer.from("bytes"), { binary: true });
    expect(await answer).toBe("bytes");
  });

  test("may send in fragments, and pings between them", async () => {
    const { url } = await served();
    const socket = await opened(url);
    const answer = heard(socket);
    const pong = once(socket, "pong");
    socket.send("in ", { fin: false });
    socket.ping("p");
    socket.send("pieces", { fin: true });
    expect(await answer).toBe("in pieces");
    expect(String((await pong)[0])).toBe("p");
  });

  test("says goodbye and hears it", async () => {
    const { url, sessions, connections } = await served();
    const socket = await opened(url);
    socket.close(4001, "enough");
    expect(await once(socket, "close")).toEqual([4001, Buffer.from("")]);
    await connections[0]?.closed;
    expect(sessions[0]?.events[0]).toBe("lost: canceled: The caller closed the WebSocket (4001).");
    expect(connections[0]?.log).toEqual([]);
  });

  test("hears 1001 when the server stops", async () => {
    const { url, connections } = await served();
    const socket = await opened(url);
    connections[0]?.attachment.retire();
    expect((await once(socket, "close"))[0]).toBe(1001);
    expect(await connections[0]?.closed).toBeUndefined();
  });

  test("hears 1009 for a message over the limit", async () => {
    const { url, connections } = await served();
    const socket = await opened(url);
    socket.send("x".repeat(1_000_001));
    expect((await once(socket, "close"))[0]).toBe(1009);
    expect(connections[0]?.log[0]).toContain("Max payload size exceeded");
  });

  test("that is gone is noticed", async () => {
    const { url, connections, sessions } = await served();
    const socket = await opened(url);
    socket.send("call");
    await heard(socket);
    socket.terminate();
    // Its end is heard, and the answer to its call is the last thing that would be said.
    const inner = sessions[0];
    const attachment = connections[0]?.attachment;
    while (attachment?.leaving === false) await new Promise(setImmediate);
    expect(inner?.events.at(-1)).toMatch(/^finish|^lost/u);
    if (inner !== undefined) inner.open = 0;
    attachment?.wrote(0);
    await connections[0]?.closed;
  });

  test("agrees on a subprotocol that both know", async () => {
    const { url } = await served({ subprotocol: "jsonrpc" });
    expect((await opened(url, {}, ["other", "jsonrpc"])).protocol).toBe("jsonrpc");
    expect((await opened(url)).protocol).toBe("");
  });

  test("of another site is refused with a reason, and one of this site is not", async () => {
    const { url } = await served();
    const stranger = new WebSocket(url, { origin: "https://evil.example" });
    stranger.on("error", () => {});
    const [, response] = await once(stranger, "unexpected-response");
    expect((response as { statusCode: number }).statusCode).toBe(403); // an IncomingMessage, as ws documents
    stranger.terminate();
    await opened(url, { origin: new URL(url).origin.replace("ws:", "http:") });
  });
});
