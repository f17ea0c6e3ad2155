import { once } from "node:events";
import { type ClientHttp2Session, connect, createServer, type IncomingHttpHeaders } from "node:http2";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { Echo } from "./echo.js";
import { Heard } from "./heard.js";
import { connected, served } from "./served.js";

interface Answer {
  readonly head: IncomingHttpHeaders;
  readonly trailers: IncomingHttpHeaders;
  readonly body: Buffer;
}

function session(port: number, options = {}): ClientHttp2Session {
  const client = connect(`http://127.0.0.1:${port}`, options);
  client.on("error", () => {});
  onTestFinished(() => client.destroy());
  return client;
}

async function ask(client: ClientHttp2Session, path: string, body: Uint8Array, headers = {}): Promise<Answer> {
  const stream = client.request({ ":path": path, ":method": "POST", ...headers });
  let head: IncomingHttpHeaders = {};
  let trailers: IncomingHttpHeaders = {};
  stream.on("response", (fields) => (head = fields));
  stream.on("trailers", (fields) => (trailers = fields));
  stream.end(body);
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer); // no encoding was set
  return { head, trailers, body: Buffer.concat(parts) };
}

describe("Our server, called by node:http2", () => {
  test("answers bodies of any size unchanged", async () => {
    const { port } = await served(new Echo().serve);
    const client = session(port);
    for (const size of [0, 1, 16_383, 16_384, 16_385, 65_535, 65_536, 1_000_000]) {
      const body = Buffer.alloc(size, "abc");
      const answer = await ask(client, "/echo", body);
      expect(answer.head[":status"]).toBe(200);
      expect(answer.body.equals(body)).toBe(true);
      expect((await ask(client, "/stream", body)).body.equals(body)).toBe(true);
    }
  });

  test("sends trailers after the body", async () => {
    const { port } = await served(new Echo().serve);
    const client = session(port);
    expect(await ask(client, "/trailers", Buffer.from("x"))).toMatchObject({ trailers: { "x-end": "yes" } });
    expect((await ask(client, "/trailers", Buffer.alloc(200_000))).trailers["x-end"]).toBe("yes");
  });

  test("carries many calls at once, with headers that come again and others that do not", async () => {
    const { port } = await served(new Echo().serve);
    const client = session(port);
    const answers = await Promise.all(
      Array.from({ length: 500 }, (_, n) =>
        ask(client, "/echo", Buffer.from(`${n}`), { "x-n": `${n % 7}`, "x-same": "same" }),
      ),
    );
    expect(answers.map(({ body }) => body.toString())).toEqual(Array.from({ length: 500 }, (_, n) => `${n}`));
  });

  test("works for a client with small windows, small frames and no table", async () => {
    const { port } = await served(new Echo().serve);
    const client = session(port, { settings: { initialWindowSize: 10, headerTableSize: 0 } });
    const body = Buffer.alloc(3000, "xyz");
    expect((await ask(client, "/trailers", body)).body.equals(body)).toBe(true);
    expect((await ask(client, "/trailers", body)).body.equals(body)).toBe(true);
  });

  test("stops writing to a client that does not read, and goes on when it does", async () => {
    const echo = new Echo();
    const { port } = await served(echo.serve);
    const stream = session(port).request({ ":path": "/bytes?20000000", ":method": "POST" }).end();
    stream.pause();
    await once(stream, "response");
    for (let turns = 0; turns < 50; turns += 1) await new Promise(setImmediate);
    expect(echo.sent).toBeLessThan(1_000_000);
    let length = 0;
    for await (const part of stream) length += (part as Buffer).length;
    expect(length).toBe(20_000_000);
  });

  test("stops a client whose data nobody takes, and goes on when somebody does", async () => {
    const echo = new Echo();
    const { port } = await served(echo.serve, { maxMessageBytes: 10_000_000 });
    const client = session(port);
    const answer = ask(client, "/slow", Buffer.alloc(2_000_000));
    while (echo.seen.length === 0) await new Promise(setImmediate);
    for (let turns = 0; turns < 50; turns += 1) await new Promise(setImmediate);
    expect(echo.seen).toHaveLength(1);
    expect((await ask(client, "/echo", Buffer.from("others go on"))).body.toString()).toBe("others go on");
    const steering = setInterval(() => echo.held[0]?.resume(), 0);
    expect((await answer).body.toString()).toBe("2000000");
    clearInterval(steering);
  });

  test("hears that a call was given up", async () => {
    const echo = new Echo();
    const { port } = await served(echo.serve);
    const client = session(port);
    const stream = client.request({ ":path": "/hang", ":method": "POST" });
    stream.on("error", () => {});
    stream.end("x");
    while (echo.held.length === 0) await new Promise(setImmediate);
    stream.close(8);
    while (echo.seen.length === 0) await new Promise(setImmediate);
    expect(echo.seen).toEqual(["/hang reset canceled"]);
    expect((await ask(client, "/echo", Buffer.from("x"))).body.toString()).toBe("x");
  });

  test("says goodbye, answers what is open, and takes nothing new", async () => {
    const echo = new Echo();
    const { port, connections } = await served(echo.serve);
    const client = session(port);
    const goodbye = once(client, "goaway");
    const open = ask(client, "/hang", Buffer.from("x"));
    while (echo.held.length === 0) await new Promise(setImmediate);
    const stopped = connections.stop(5000);
    await goodbye;
    echo.held[0]?.respond({ status: 200, fields: [] }, "after all");
    expect((await open).body.toString()).toBe("after all");
    await stopped;
  });
});

describe("Our client, calling node:http2", () => {
  test("hears heads, bodies and trailers of any size", async () => {
    const port = await nodeServer();
    const client = await connected(port);
    for (const size of [0, 1, 16_384, 100_000, 1_000_000]) {
      const heard = new Heard();
      client.ask(
        { method: "POST", path: "/echo", query: "a=b", fields: [["x-one", "1"]] },
        heard,
        Buffer.alloc(size, "abc"),
      );
      await heard.over;
      expect(heard.head?.status).toBe(200);
      expect(heard.head?.fields).toContainEqual(["x-path", "/echo?a=b"]);
      expect(heard.body.equals(Buffer.alloc(size, "abc"))).toBe(true);
      expect(heard.ended).toContainEqual(["x-end", "yes"]);
    }
  });

  test("carries many exchanges at once, and gives them up one by one", async () => {
    const port = await nodeServer();
    const client = await connected(port);
    const exchanges = Array.from({ length: 50 }, (_, n) => {
      const heard = new Heard();
      const out = client.ask({ method: "POST", path: "/echo", query: "", fields: [] }, heard, `${n}`);
      if (n % 10 === 9) out.reset({ code: "canceled", message: "Enough.", details: [], trailers: [] });
      return heard;
    });
    for (const [n, heard] of exchanges.entries()) if (n % 10 !== 9) await heard.over;
    expect(exchanges.map((heard) => heard.body.toString())).toEqual(
      Array.from({ length: 50 }, (_, n) => (n % 10 === 9 ? "" : `${n}`)),
    );
    expect(client.open).toBe(0);
  });

  test("hears a reset, a goodbye and a loss as what they are", async () => {
    const port = await nodeServer();
    const client = await connected(port);
    const reset = new Heard();
    client.ask({ method: "POST", path: "/reset", query: "", fields: [] }, reset, "x");
    await reset.over;
    expect(reset.status?.code).toBe("unavailable");
    const gone = new Heard();
    client.ask({ method: "POST", path: "/goaway", query: "", fields: [] }, gone, "x");
    await gone.over;
    expect(client.leaving).toBe(true);
    const late = new Heard();
    client.ask({ method: "POST", path: "/echo", query: "", fields: [] }, late, "x");
    await late.over;
    expect(late.status?.code).toBe("unavailable");
  });
});

async function nodeServer(): Promise<number> {
  const server = createServer();
  server.on("stream", (stream, headers) => {
    stream.on("error", () => {});
    const path = headers[":path"] ?? "";
    if (path === "/reset") stream.close(7);
    else if (path === "/goaway") {
      stream.session?.goaway(0);
      stream.respond({ ":status": 200 });
      stream.end("bye");
    } else {
      stream.respond({ ":status": 200, "x-path": path }, { waitForTrailers: true });
      stream.on("wantTrailers", () => stream.sendTrailers({ "x-end": "yes" }));
      stream.pipe(stream);
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}
