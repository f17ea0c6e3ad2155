import { once } from "node:events";
import { request } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { gunzipSync, gzipSync } from "node:zlib";
import { describe, expect, onTestFinished, test } from "vitest";
import { Attachment } from "../../src/link/attach.js";
import { newCounters } from "../../src/link/counters.js";
import type { Connection } from "../../src/transports/connection.js";
import { decodingAsk, decodingServer } from "../../src/transports/http-coding.js";
import { Http1ClientSession } from "../../src/transports/http1/http1-client-session.js";
import { Http1ServerSession } from "../../src/transports/http1/http1-server-session.js";
import { memoryPair } from "../../src/transports/memory.js";
import { SocketConnection } from "../../src/transports/socket.js";
import type { HttpAsk, HttpServe } from "../../src/wires/http.js";
import { DEFAULT_LIMITS } from "../../src/wires/limits.js";
import type { Outlet, Session } from "../../src/wires/wire.js";
import { Hearing, requestWith } from "./recorded.js";

const LIMITS = { ...DEFAULT_LIMITS, maxMessageBytes: 100_000 };
const ANSWER = { status: 200, fields: [["content-type", "text/plain"]] } as const;

/** Answers each request with its own body, and with what the wire saw of its coding. */
const echo: HttpServe = (asked, out) => {
  const heard = new Hearing();
  void heard.over.then((status) => {
    const coding = asked.fields.find(([name]) => name === "content-encoding")?.[1] ?? "none";
    if (status === undefined) out.respond(ANSWER, `${coding} ${heard.body.toString()}`);
  });
  return heard;
};

function attach(connection: Connection, open: (outlet: Outlet) => Session): void {
  const attachment = new Attachment(connection, {
    counters: newCounters(),
    log: () => {},
    holdReading: false,
    holdProcess: false,
    open,
    closed: () => {},
  });
  connection.start(attachment);
  onTestFinished(() => connection.destroy());
}

function serving(connection: Connection): void {
  const serve = decodingServer(echo, LIMITS);
  attach(connection, (outlet) => new Http1ServerSession(outlet, serve, { limits: LIMITS }));
}

/** Both ends in memory, with coding at both. */
function inMemory(chunkBytes: number): HttpAsk {
  const [near, far] = memoryPair({ chunkBytes });
  serving(far);
  let session: Http1ClientSession | undefined;
  const http = { authority: "test", path: "/", fields: [] };
  attach(near, (outlet) => (session = new Http1ClientSession(outlet, { limits: LIMITS, http })));
  if (session === undefined) throw new Error("The session was not made.");
  return decodingAsk(session.ask, { ...LIMITS, gzipRequests: true });
}

describe("Over HTTP/1.1", () => {
  test.each([1, 7, 65_536])(
    "coded requests and answers follow each other on one connection, in chunks of %i bytes",
    async (chunkBytes) => {
      const ask = inMemory(chunkBytes);
      const asked = requestWith([]);
      for (const body of ["short", "a long one ".repeat(1000), "", "x".repeat(90_000)]) {
        const heard = new Hearing();
        ask(asked, heard, body);
        expect(await heard.over).toBeUndefined();
        expect(heard.head?.status).toBe(200);
        expect(heard.body.toString()).toBe(`none ${body}`);
      }
    },
  );

  test("an answer that is too large when decoded costs the exchange, with a reason", async () => {
    const heard = new Hearing();
    inMemory(65_536)(requestWith([]), heard, "x".repeat(100_000));
    expect(await heard.over).toMatchObject({ code: "resource_exhausted" });
  });

  test.each([
    ["whole", 200],
    ["a bomb that never ends", 413],
    ["broken", 400],
  ])("a client that others wrote sends gzip that is %s, and hears %i", async (what, status) => {
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) =>
      serving(SocketConnection.accepted(socket, "tcp://client")),
    );
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo; // a TCP server's address
    const headers = { "content-encoding": "gzip", "accept-encoding": "gzip" };
    const asking = request({ host: "127.0.0.1", port, method: "POST", headers, agent: false });
    asking.on("error", () => {});
    if (what === "whole") asking.end(gzipSync("hello ".repeat(500)));
    else asking.write(what === "broken" ? "no gzip" : gzipSync(Buffer.alloc(1_000_000)));
    const [response] = await once(asking, "response");
    const answer = response as import("node:http").IncomingMessage; // as node documents
    const chunks: Buffer[] = [];
    answer.on("data", (chunk: Buffer) => chunks.push(chunk));
    await once(answer, "end");
    asking.destroy();
    expect(answer.statusCode).toBe(status);
    if (status !== 200) return;
    expect(answer.headers).toMatchObject({ "content-encoding": "gzip", vary: "accept-encoding" });
    expect(gunzipSync(Buffer.concat(chunks)).toString()).toBe(`none ${"hello ".repeat(500)}`);
  });
});
