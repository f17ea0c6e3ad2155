import { once } from "node:events";
import { Agent, createServer, request, type RequestOptions, type Server } from "node:http";
import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Attachment } from "../../src/link/attach.js";
import { listenOn } from "../../src/link/carriers.js";
import { Connections } from "../../src/link/connections.js";
import { newCounters } from "../../src/link/counters.js";
import { DEAF } from "../../src/call/sink.js";
import type { Listening } from "../../src/transports/connection.js";
import { detectHttp1 } from "../../src/transports/http1/detect-http1.js";
import { Http1ClientSession } from "../../src/transports/http1/http1-client-session.js";
import { Http1ServerSession } from "../../src/transports/http1/http1-server-session.js";
import { dialTo } from "../../src/transports/net.js";
import { DEFAULT_LIMITS } from "../../src/wires/limits.js";
import type { HttpIn, HttpOut, HttpRequest, HttpServe } from "../../src/wires/http.js";
import type { ServerWire } from "../../src/wires/wire.js";
import { OK } from "./outside.js";

/** Sends back what is asked for: at once, later, in pieces, or as much as the query says. */
const answering: HttpServe = (asked, out) => {
  const chunks: Buffer[] = [];
  let left = asked.path === "/much" ? Number(asked.query) : 0;
  const write = (): void => {
    while (left > 0) {
      left -= 1;
      if (!out.data("x".repeat(1024), left === 0)) return;
    }
  };
  const heard: HttpIn = {
    answer() {},
    data(bytes, { start, end }, last) {
      chunks.push(Buffer.from(bytes.slice(start, end)));
      if (!last) return true;
      const body = Buffer.concat(chunks);
      if (asked.path === "/later") setImmediate(() => out.respond(OK, body));
      else if (asked.path === "/pieces") {
        out.head(OK);
        out.data(body, false);
        setImmediate(() => out.data("!", true));
      } else if (asked.path === "/much") {
        out.head(OK);
        write();
      } else out.respond(OK, `${asked.method} ${asked.path} ${body.toString()}`);
      return true;
    },
    room: () => write(),
    reset() {},
  };
  return heard;
};

describe("Node's own client and a server's session", () => {
  const logged: string[] = [];
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  let listening: Listening;
  let connections: Connections;
  let port = 0;

  beforeAll(async () => {
    const wire: ServerWire = {
      name: "http",
      detect: detectHttp1,
      server: (outlet, _dispatch, options) => new Http1ServerSession(outlet, answering, options),
    };
    connections = new Connections(
      {
        wires: [wire],
        dispatch: () => DEAF,
        limits: DEFAULT_LIMITS,
        counters: newCounters(),
        log: (message) => logged.push(message),
        detectTimeoutMs: 10_000,
        idleTimeoutMs: 10_000,
      },
      { maxActive: 100, maxWaiting: 0 },
    );
    listening = await listenOn("tcp://127.0.0.1:0", connections.add);
    port = Number(new URL(listening.address).port);
  });

  afterAll(async () => {
    agent.destroy();
    await listening.close();
    await connections.stop(100);
  });

  /** Asks with node's client: the status, the body, and the port that was asked from. */
  function ask(
    path: string,
    body: string | Buffer = "",
    options: RequestOptions = {},
  ): Promise<{ status: number | undefined; body: string; from: number | undefined }> {
    return new Promise((resolve, reject) => {
      const asked = request({ port, path, method: "POST", agent, ...options }, (answer) => {
        const from = asked.socket?.localPort;
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk));
        answer.on("end", () => resolve({ status: answer.statusCode, body: Buffer.concat(chunks).toString(), from }));
        answer.on("error", reject);
      });
      asked.on("error", reject);
      if (asked.getHeader("expect") === undefined) asked.end(body);
      else asked.on("continue", () => asked.end(body));
    });
  }

  test("Every form of request and answer goes over one connection.", async () => {
    const answers = [
      await ask("/a", "hällo"),
      await ask("/later", "x"),
      await ask("/pieces", "one"),
      await ask("/get", "", { method: "GET" }),
      await ask("/head", "", { method: "HEAD" }),
      await ask("/long", Buffer.alloc(200_000, "y")),
      await ask("/chunks", "y".repeat(10), { headers: { "transfer-encoding": "chunked" } }),
      await ask("/expects", "z", { headers: { expect: "100-continue", "content-length": 1 } }),
    ];
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200));
    expect(answers.map(({ body }) => body.slice(0, 15))).toEqual([
      "POST /a hällo",
      "x",
      "one!",
      "GET /get ",
      "",
      "POST /long yyyy",
      "POST /chunks yy",
      "POST /expects z",
    ]);
    expect(new Set(answers.map(({ from }) => from)).size).toBe(1);
    expect(logged).toEqual([]);
  });

  test("A long answer waits for its reader.", async () => {
    const { body } = await ask("/much?2000", "", { method: "GET" });
    expect(body).toHaveLength(2000 * 1024);
  });

  test("A client that wants no more is let go.", async () => {
    const { status } = await ask("/a", "x", { agent: false, headers: { connection: "close" } });
    expect(status).toBe(200);
  });

  test("Requests sent ahead are answered in order, and a half-close cancels none.", async () => {
    const socket: Socket = connect({ port, allowHalfOpen: true });
    socket.end(["/later", "/a", "/pieces"].map((path) => `GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`).join(""));
    const chunks: Buffer[] = [];
    socket.on("data", (chunk: Buffer) => chunks.push(chunk));
    await once(socket, "end");
    expect(
      Buffer.concat(chunks)
        .toString()
        .split(/HTTP\/1\.1 200 OK[^]*?\r\n\r\n/),
    ).toEqual(["", "", "GET /a ", "1\r\n!\r\n0\r\n\r\n"]);
  });

  test("What is refused is said, and the connection closed.", async () => {
    const before = logged.length;
    const socket = connect({ port });
    socket.write("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n");
    const [said] = (await once(socket, "data")) as [Buffer]; // a socket without an encoding tells Buffers
    expect(said.toString()).toMatch(/^HTTP\/1\.1 400 [^]*\n$/);
    await once(socket, "close");
    expect(logged).toHaveLength(before + 1);
  });
});

describe("A client's session and node's own server", () => {
  let server: Server;
  let port = 0;

  beforeAll(async () => {
    server = createServer((asked, answer) => {
      const chunks: Buffer[] = [];
      asked.on("data", (chunk: Buffer) => chunks.push(chunk));
      asked.on("end", () => {
        const body = Buffer.concat(chunks).toString();
        if (asked.url === "/leave") answer.setHeader("connection", "close");
        if (asked.url === "/pieces") answer.write("one,");
        if (asked.url === "/long") answer.end("y".repeat(300_000));
        else answer.end(`${asked.method} ${asked.url} ${asked.headers.host === `127.0.0.1:${port}`} ${body}`);
      });
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const bound = server.address();
    port = typeof bound === "object" && bound !== null ? bound.port : 0;
  });

  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  /** A connection to node's server: a way to ask, and the session. */
  async function dialled(): Promise<{
    session: Http1ClientSession;
    ask: (asked: Partial<HttpRequest>, body?: string) => { answer: Promise<string>; out: HttpOut };
    attachment: Attachment;
    closed: Promise<void>;
  }> {
    const authority = `127.0.0.1:${port}`;
    let session: Http1ClientSession | undefined;
    let attachment: Attachment | undefined;
    let gone = (): void => {};
    const closed = new Promise<void>((resolve) => (gone = resolve));
    const connection = await new Promise<ReturnType<typeof dialTo>>((resolve) => {
      const dialling = dialTo({ options: { host: "127.0.0.1", port }, url: `tcp://${authority}`, scheme: "tcp" }, () =>
        resolve(dialling),
      );
      dialling.start({
        data: (chunk) => attachment?.data(chunk),
        end: () => attachment?.end(),
        drain: () => attachment?.drain(),
        close: (error) => attachment?.close(error),
      });
    });
    attachment = new Attachment(connection, {
      counters: newCounters(),
      log: () => {},
      holdReading: false,
      holdProcess: true,
      open: (outlet) =>
        (session = new Http1ClientSession(outlet, {
          limits: DEFAULT_LIMITS,
          http: { authority, path: "", fields: [] },
        })),
      closed: () => gone(),
    });
    if (session === undefined) throw new Error("The attachment made no session.");
    const { ask } = session;
    return {
      session,
      attachment,
      closed,
      ask: (asked, body) => {
        let hear: HttpIn | undefined;
        const answer = new Promise<string>((resolve, reject) => {
          let text = "";
          hear = {
            answer: ({ status }) => (text = `${status} `),
            data: (bytes, { start, end }, last) => {
              text += Buffer.from(bytes.subarray(start, end)).toString();
              if (last) resolve(text);
              return true;
            },
            room() {},
            reset: ({ code, message }) => reject(new Error(`${code}: ${message}`)),
          };
        });
        if (hear === undefined) throw new Error("A promise begins at once.");
        const out = ask({ method: "POST", path: "/", query: "", fields: [], ...asked }, hear, body);
        return { answer, out };
      },
    };
  }

  test("Requests of every form are answered, one after the other on one connection.", async () => {
    const { session, ask, attachment, closed } = await dialled();
    expect(await ask({ path: "/a" }, "hällo").answer).toBe("200 POST /a true hällo");
    expect(await ask({ method: "GET", path: "/b", query: "c=d" }, "").answer).toBe("200 GET /b?c=d true ");
    expect(await ask({ method: "HEAD" }, "").answer).toBe("200 ");
    expect(await ask({ path: "/pieces" }, "x").answer).toBe("200 one,POST /pieces true x");
    expect(await ask({ path: "/long" }, "x").answer).toHaveLength(300_004);
    const { answer, out } = ask({ path: "/chunks" });
    out.data("one,", false);
    out.data("two", true);
    expect(await answer).toBe("200 POST /chunks true one,two");
    expect([session.leaving, session.open, session.keepAliveMs]).toEqual([false, 0, 4000]);
    attachment.retire();
    await closed;
  });

  test("A server that closes the connection is not asked again.", async () => {
    const { session, ask, closed } = await dialled();
    expect(await ask({ path: "/leave" }, "x").answer).toMatch(/^200 POST \/leave /);
    expect(session.leaving).toBe(true);
    await expect(ask({}, "").answer).rejects.toThrow(/^unavailable: /);
    await closed;
  });

  test("A connection that is cut ends the exchange.", async () => {
    const { ask, closed } = await dialled();
    const { answer, out } = ask({});
    out.data("x", false);
    server.closeAllConnections();
    await expect(answer).rejects.toThrow(/^unavailable: /);
    await closed;
  });
});
