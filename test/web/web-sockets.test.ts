import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test, vi } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { type Client, connect, type WebConnectOptions } from "../../src/web.js";
import { Kit } from "../wirekit/service.js";
import { all, errorFrom } from "../wirekit/world.js";
import { page } from "./pages.js";

/** A WebSocket as browsers have it: it reads on, whatever happens. */
class LikeBrowsers extends WebSocket {
  override pause(): void {}
  override resume(): void {}
}

/** Serves WebSockets with the package ws for the running test; resolves with the URL to call. */
async function talking(met: (socket: WebSocket) => void): Promise<string> {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  server.on("connection", met);
  await new Promise((resolve) => server.on("listening", resolve));
  onTestFinished(() => {
    for (const client of server.clients) client.terminate();
    server.close();
  });
  return `jsonrpc+ws://127.0.0.1:${(server.address() as AddressInfo).port}`; // a TCP server's
}

function calling(url: string, options: WebConnectOptions = {}): Client<typeof Kit> {
  const client = connect(Kit, url, { webSocket: WebSocket, ...options });
  onTestFinished(() => client[Symbol.asyncDispose]());
  return client;
}

/** The id of a request, as its text says it. */
function idOf(text: unknown): number {
  return Number(/"id":(\d+)/u.exec(String(text))?.[1]);
}

test("Messages go out as text, and come in as text or as bytes.", async () => {
  const kinds: boolean[] = [];
  const url = await talking((socket) => {
    socket.on("message", (data, isBinary) => {
      kinds.push(isBinary);
      const answer = `{"jsonrpc":"2.0","id":${idOf(data)},"result":"naïve 🦊"}`;
      socket.send(kinds.length === 1 ? answer : Buffer.from(answer));
    });
  });
  const client = calling(url);
  expect([await client.echo(1), await client.echo(2)]).toEqual(["naïve 🦊", "naïve 🦊"]);
  expect(kinds).toEqual([false, false]);
});

test("A server that closes ends open calls with its reason, and the next call opens another WebSocket.", async () => {
  let met = 0;
  const url = await talking((socket) => {
    met += 1;
    socket.on("message", (data) => {
      if (met === 1) socket.close(4001, "enough of you");
      else socket.send(`{"jsonrpc":"2.0","id":${idOf(data)},"result":2}`);
    });
  });
  const client = calling(url);
  const { code, message } = await errorFrom(client.echo(1));
  expect([code, message]).toEqual(["unavailable", expect.stringContaining('(4001: "enough of you")')]);
  expect(await client.echo(1)).toBe(2);
});

test("What is no JSON closes the connection, and its calls end with what was wrong.", async () => {
  const url = await talking((socket) => socket.on("message", () => socket.send("what?")));
  const { code, message } = await errorFrom(calling(url).echo(1));
  expect([code, message]).toEqual(["unavailable", expect.stringContaining("cannot be read")]);
});

test("Random messages end calls or are passed over, and nothing is thrown.", async () => {
  let seed = 11;
  const random = (most: number): number => (seed = (seed * 48_271) % 2_147_483_647) % most;
  const parts = [
    '{"jsonrpc":"2.0"',
    ',"id":1',
    ',"result":',
    '{"a":[1',
    '"x"',
    "null",
    "}",
    "]",
    ',"method":"rpc.message"',
  ];
  const url = await talking((socket) => {
    socket.on("message", () => {
      for (let n = 0; n < 5; n += 1)
        socket.send(Array.from({ length: random(8) }, () => parts[random(parts.length)]).join(""));
      setImmediate(() => socket.close());
    });
  });
  const client = calling(url);
  for (let n = 0; n < 20; n += 1) {
    const answers = await Promise.allSettled([client.echo(n), all(client.count({ to: 1 }))]);
    for (const answer of answers) if (answer.status === "rejected") expect(answer.reason).toHaveProperty("code");
  }
});

test("Where no WebSocket is to be had, calls fail at once until the backoff has passed, and those that wait go on when there is one.", async () => {
  const { client, authority, sever } = await page("jsonrpc+ws");
  expect(await client.echo(1)).toBe(1);
  sever();
  const server = createServer((_, response) => response.writeHead(404).end());
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  onTestFinished(() => void server.close());
  const nowhere = calling(`jsonrpc+ws://127.0.0.1:${(server.address() as AddressInfo).port}`); // a TCP server's
  const first = await errorFrom(nowhere.echo(1));
  expect([first.code, first.message]).toEqual(["unavailable", expect.stringContaining("attempt 1")]);
  expect((await errorFrom(nowhere.echo(1))).message).toContain("next attempt in");
  const waiting = errorFrom(nowhere.echo(1, { waitForReady: true, timeoutMs: 30 }));
  expect((await waiting).code).toBe("deadline_exceeded");
  expect(authority).not.toBe("");
});

test("A server that takes too long to agree is given up.", async () => {
  const server = createServer();
  server.on("upgrade", () => {});
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `jsonrpc+ws://127.0.0.1:${(server.address() as AddressInfo).port}`; // a TCP server's
  const error = await errorFrom(calling(url, { connectTimeoutMs: 30 }).echo(1));
  expect([error.code, error.message]).toEqual(["unavailable", expect.stringContaining("No WebSocket to")]);
});

test("Closing a client ends its calls as canceled, at the server too.", async () => {
  const { client, seen } = await page("jsonrpc+ws");
  const stream = client.hangStream({ key: "a", first: 1 });
  const unary = errorFrom(client.hang({ key: "b" }));
  expect((await stream.next()).value).toBe(0);
  await seen.heard("b started");
  const early = errorFrom(client.hangStream({ key: "c", first: 1 }));
  await client[Symbol.asyncDispose]();
  expect([(await errorFrom(stream)).code, (await unary).code, (await early).code]).toEqual(Array(3).fill("canceled"));
  await seen.heard("a finally");
  await seen.heard("b aborted canceled");
  expect((await errorFrom(client.echo(1))).code).toBe("unavailable");
});

test("A stream that a browser cannot hold up is read whole if its reader is slow, and ends where too much is unread.", async () => {
  const { client } = await page("jsonrpc+ws", { webSocket: LikeBrowsers, maxMessageBytes: 64 * 1024 });
  const some = client.flood({ key: "a", to: 40, bytes: 16_384 });
  await some.next();
  await client.echo(1);
  expect(await all(some)).toHaveLength(39);
  const many = client.flood({ key: "b", to: 1000, bytes: 16_384 });
  await many.next();
  const { code, message } = await errorFrom(
    (async () => {
      for (;;) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        if ((await many.next()).done === true) return;
      }
    })(),
  );
  expect([code, message]).toEqual(["resource_exhausted", expect.stringContaining("were not read")]);
});

test("A platform without WebSocket says so when the client is made.", () => {
  // Node has one from 22 on.
  vi.stubGlobal("WebSocket", undefined);
  onTestFinished(() => void vi.unstubAllGlobals());
  expect(() => connect(Kit, "jsonrpc+ws://127.0.0.1:1")).toThrow("There is no WebSocket on this platform");
});

test("The platform's WebSocket is taken where none is given, if it has one.", async () => {
  const { client, authority } = await page("jsonrpc+ws");
  if (!("WebSocket" in globalThis)) {
    expect(() => connect(Kit, `jsonrpc+ws://${authority}`)).toThrow("There is no WebSocket");
    return;
  }
  const own = connect(Kit, `jsonrpc+ws://${authority}`);
  onTestFinished(() => own[Symbol.asyncDispose]());
  expect(await own.echo("naïve 🦊")).toBe("naïve 🦊");
  expect(await all(own.count({ to: 3 }))).toEqual(await all(client.count({ to: 3 })));
  expect((await own.echo("x".repeat(1_000_000))) === "x".repeat(1_000_000)).toBe(true);
  const stream = own.hangStream({ key: "own", first: 1 });
  await stream.next();
  await own[Symbol.asyncDispose]();
  expect((await errorFrom(stream)).code).toBe("canceled");
});
