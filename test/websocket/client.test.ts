import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";
import { SocketConnection } from "../../src/transports/socket.js";
import { WebSocketClientSession } from "../../src/transports/websocket/websocket-client-session.js";
import { DEFAULT_LIMITS } from "../../src/wires/limits.js";
import { attach, type Attached } from "./attached.js";
import { EchoClient, echoed } from "./echo-client.js";

/** A client of echoes, and what it stands on. */
interface Client extends Attached {
  readonly session: WebSocketClientSession;
  readonly inner: EchoClient;
}

/** Connects to a port, and begins the handshake when the connection is there. */
async function dialled(port: number, path = "/rpc?a=1", subprotocol?: string): Promise<Client> {
  const limits = { ...DEFAULT_LIMITS, maxMessageBytes: 1_000_000 };
  const http = { authority: `127.0.0.1:${port}`, path, fields: [["authorization", "Bearer x"]] } as const;
  return await new Promise((resolve) => {
    let attached: Attached | undefined;
    const connection = SocketConnection.made(`tcp://127.0.0.1:${port}`, (options) =>
      connect({ host: "127.0.0.1", port, ...options }, () => {
        let session: WebSocketClientSession | undefined;
        let inner: EchoClient | undefined;
        attached = attach(
          connection,
          (outlet) =>
            (session = new WebSocketClientSession(outlet, (outlet) => (inner = new EchoClient(outlet)), {
              limits,
              http,
              subprotocol,
            })),
          "client",
        );
        if (session !== undefined && inner !== undefined) resolve({ ...attached, session, inner });
      }),
    );
    connection.start({
      data: (chunk) => attached?.attachment.data(chunk),
      end: () => attached?.attachment.end(),
      drain: () => attached?.attachment.drain(),
      close: (error) => attached?.attachment.close(error),
    });
  });
}

/** A server of echoes that others wrote, whose connections are handed to `each`. */
async function echoing(each: (socket: WebSocket) => void = () => {}): Promise<number> {
  const server = new WebSocketServer({
    port: 0,
    host: "127.0.0.1",
    handleProtocols: (names) => [...names][0] ?? false,
  });
  server.on("connection", (socket, request) => {
    socket.on("message", (data, binary) => {
      const text = (data as Buffer).toString(); // ws hands on Buffers unless told otherwise
      if (text === "what is this?")
        socket.send(`${binary ? "bytes" : "text"} ${request.url} ${request.headers.authorization}`);
      else if (text === "nothing, please") socket.pause();
      else socket.send(text);
    });
    each(socket);
  });
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of server.clients) socket.terminate();
    server.close();
  });
  return (server.address() as AddressInfo).port; // a TCP server's address
}

/** A server of HTTP that does not know WebSockets. */
async function answering(serve: (server: Server) => void): Promise<number> {
  const server = createServer();
  // Clients that refuse what it says reset the connection.
  server.on("connection", (socket) => socket.on("error", () => {}));
  serve(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port; // a TCP server's address
}

describe("A client's session", () => {
  test("asks with its path, query and fields, and sends text", async () => {
    const { session } = await dialled(await echoing());
    expect(await echoed(session, "what is this?")).toBe("text /rpc?a=1 Bearer x");
  });

  test("carries calls that were made before the handshake was answered, in order", async () => {
    const { session } = await dialled(await echoing());
    const calls = ["one", "two é", "x".repeat(70_000), "three"];
    expect(await Promise.all(calls.map((text) => echoed(session, text)))).toEqual(calls);
    expect(await echoed(session, "x".repeat(1_000_000))).toHaveLength(1_000_000);
  });

  test("says that it is full while much is held back, and that it is not when that has left", async () => {
    const { session, inner } = await dialled(await echoing());
    expect(inner.outlet.full).toBe(false);
    const call = echoed(session, "x".repeat(70_000));
    expect(inner.outlet.full).toBe(true);
    await call;
    expect(inner.outlet.full).toBe(false);
    expect(inner.events[0]).toBe("drained");
  });

  test("offers a subprotocol, and takes the server's yes", async () => {
    const { session } = await dialled(await echoing(), "/", "jsonrpc");
    expect(await echoed(session, "hello")).toBe("hello");
  });

  test("answers pings, of which the server hears", async () => {
    const pongs: Promise<unknown[]>[] = [];
    const port = await echoing((socket) => {
      pongs.push(once(socket, "pong"));
      socket.ping("there?");
    });
    const { session } = await dialled(port);
    await echoed(session, "hello");
    expect(String((await pongs[0])?.[0])).toBe("there?");
  });

  test("says 1000 when it retires, behind the answers to its calls", async () => {
    const closes: Promise<unknown[]>[] = [];
    const { session, attachment, closed } = await dialled(
      await echoing((socket) => closes.push(once(socket, "close"))),
    );
    const call = echoed(session, "last words");
    attachment.retire();
    expect(await call).toBe("last words");
    expect((await closes[0])?.[0]).toBe(1000);
    expect(await closed).toBeUndefined();
  });

  test("ends calls as unavailable where the server goes away, and takes no more", async () => {
    const port = await echoing((socket) => {
      socket.on("message", () => socket.close(1001, "bye"));
    });
    const { session, inner, closed } = await dialled(port);
    expect(await echoed(session, "x")).toBe("x");
    expect(await closed).toBeUndefined();
    expect(inner.events).toContain("finish");
    expect(session.leaving).toBe(true);
    await expect(echoed(session, "y")).rejects.toThrow(
      "unavailable: The server closed the connection before it answered.",
    );
  });

  test("tells calls why, where the server closes with an error", async () => {
    const port = await echoing((socket) => socket.close(1011, "out of cheese"));
    const { session, closed } = await dialled(port);
    await expect(echoed(session, "x")).rejects.toThrow(
      `unavailable: The server at 127.0.0.1:${port} closed the WebSocket (1011: "out of cheese").`,
    );
    await closed;
  });

  test("tells calls that the connection was lost", async () => {
    const port = await echoing((socket) => socket.terminate());
    const { session, closed } = await dialled(port);
    await expect(echoed(session, "x")).rejects.toThrow(/^unavailable: /u);
    await closed;
  });

  test("ends all calls where an answer is over the limit", async () => {
    const port = await echoing((socket) => socket.send("x".repeat(1_000_001)));
    const { session, closed } = await dialled(port);
    await expect(echoed(session, "x")).rejects.toThrow("resource_exhausted: Max payload size exceeded.");
    await closed;
  });

  test("asks a silent server whether it is there, and cuts one that is not", async () => {
    const { session, attachment, closed } = await dialled(await echoing());
    await echoed(session, "hello");
    const call = echoed(session, "nothing, please");
    while (session.output.length > 0) await new Promise(setImmediate);
    for (let half = 0; half < 122; half += 1) attachment.tick();
    await expect(call).rejects.toThrow("did not answer a ping");
    expect((await closed)?.message).toContain("did not answer a ping");
  });
});

describe("A server that opens no WebSocket", () => {
  test.each([
    [404, "check the path"],
    [401, "check the credentials"],
    [200, "check that it speaks WebSocket under this path"],
    [302, "check that it speaks WebSocket under this path"],
  ])("but answers %i ends every call with a sentence that says so", async (status, hint) => {
    const port = await answering((server) => {
      server.on("upgrade", (_request, socket) => {
        socket.end(`HTTP/1.1 ${status} Whatever\r\ncontent-length: 9\r\n\r\nnot here\n`);
      });
    });
    const { session, closed } = await dialled(port);
    const calls = [echoed(session, "one"), echoed(session, "two")];
    for (const call of calls) {
      await expect(call).rejects.toThrow(
        `unavailable: The server at 127.0.0.1:${port}/rpc?a=1 answered a WebSocket handshake with status ${status}: ${hint}.`,
      );
    }
    await closed;
    expect(session.leaving).toBe(true);
    await expect(echoed(session, "three")).rejects.toThrow(`status ${status}`);
  });

  test.each([
    ["a key of its own", "upgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: AAAA\r\n", "another key"],
    ["no key", "upgrade: websocket\r\nconnection: Upgrade\r\n", "another key"],
  ])("but answers 101 with %s is not believed", async (_what, fields, reason) => {
    const port = await answering((server) => {
      server.on("upgrade", (_request, socket) => void socket.write(`HTTP/1.1 101 Sure\r\n${fields}\r\n`));
    });
    const { session, closed } = await dialled(port);
    await expect(echoed(session, "x")).rejects.toThrow(reason);
    await closed;
  });

  test.each([
    ["says goodbye", ""],
    ["speaks another protocol", "SSH-2.0-whatever\r\n\r\n"],
    ["ends within its answer", "HTTP/1.1 101 Sw"],
  ])("but %s ends every call as unavailable", async (_what, said) => {
    const port = await answering((server) => server.on("upgrade", (_request, socket) => void socket.end(said)));
    const { session, closed } = await dialled(port);
    await expect(echoed(session, "x")).rejects.toThrow(/^unavailable: The WebSocket handshake with 127\.0\.0\.1:\d+/u);
    await closed;
  });

  test("nor anything else is given up after requestTimeoutMs", async () => {
    const port = await answering((server) => server.on("upgrade", () => {}));
    const { session, attachment, closed } = await dialled(port);
    const call = echoed(session, "x");
    for (let half = 0; half < 122; half += 1) attachment.tick();
    await expect(call).rejects.toThrow("did not answer a WebSocket handshake within 60000 ms.");
    await closed;
  });
});
