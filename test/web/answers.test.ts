import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { describe, expect, onTestFinished, test } from "vitest";
import { connect } from "../../src/web.js";
import { Kit } from "../wirekit/service.js";
import { all, errorFrom } from "../wirekit/world.js";
import { page } from "./pages.js";

/** Serves with node's own server for the running test; resolves with its origin. */
async function answering(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // a TCP server's
}

const JSON_TYPE = { "content-type": "application/json" };

describe("By fetch", () => {
  test("an answer that the platform has decompressed is read as it is.", async () => {
    const origin = await answering((_, response) => {
      response.writeHead(200, { ...JSON_TYPE, "content-encoding": "gzip" });
      response.end(gzipSync('"hello"'));
    });
    expect(await connect(Kit, origin).echo(1)).toBe("hello");
  });

  test("JSON-RPC carries calls of one message each way, with errors and headers, and says which way streams can go.", async () => {
    const { client, authority } = await page("jsonrpc");
    expect(await Promise.all([1, "naïve 🦊", null, [2]].map((each) => client.echo(each)))).toEqual([
      1,
      "naïve 🦊",
      null,
      [2],
    ]);
    expect(await client.headers(undefined, { headers: { "x-one": "1" } })).toMatchObject({ "x-one": "1" });
    const error = await errorFrom(client.fail({ code: "not_found", message: "no Ada", details: [{ id: 7 }] }));
    expect([error.code, error.message, error.details]).toEqual(["not_found", "no Ada", [{ id: 7 }]]);
    expect((await errorFrom(client.count({ to: 2 }))).message).toContain("jsonrpc+ws");
    expect((await errorFrom(client.sum([1]))).message).toContain(`jsonrpc+ws://${authority}`);
  });

  test("an answer that comes byte by byte is read whole.", async () => {
    const origin = await answering((_, response) => {
      response.writeHead(200, JSON_TYPE);
      const bytes = Buffer.from('{"text":"naïve 🦊"}');
      const next = (at: number): void => {
        if (at === bytes.length) response.end();
        else response.write(bytes.subarray(at, at + 1), () => setImmediate(next, at + 1));
      };
      next(0);
    });
    expect(await connect(Kit, origin).echo(1)).toEqual({ text: "naïve 🦊" });
  });

  test("an answer that breaks off ends its call as unavailable.", async () => {
    const origin = await answering((_, response) => {
      response.writeHead(200, { ...JSON_TYPE, "content-length": "100" });
      response.write('{"te', () => response.destroy());
    });
    const { code, message } = await errorFrom(connect(Kit, origin).echo(1));
    expect([code, message]).toEqual(["unavailable", expect.stringMatching(/broke off/u)]);
  });

  test("a page for people where an answer should be is an error that names its status.", async () => {
    const origin = await answering((_, response) => {
      response.writeHead(502, { "content-type": "text/html" });
      response.end("<h1>Bad gateway</h1>");
    });
    for (const scheme of ["connect", "grpcweb", "jsonrpc"]) {
      const client = connect(Kit, origin.replace("http", scheme));
      const { code, message } = await errorFrom(client.echo(1));
      expect([code, message]).toEqual(["unavailable", expect.stringContaining("502")]);
    }
  });

  test("a request carries what its wire wants, and nothing that browsers would ask the server's leave for in vain.", async () => {
    let names: string[] = [];
    const origin = await answering(({ headers }, response) => {
      names = Object.keys(headers);
      response.writeHead(200, JSON_TYPE);
      response.end("1");
    });
    await connect(Kit, origin, {
      fetch: (input, init) => {
        const own = new Headers(init?.headers);
        expect([...own.keys()].filter((name) => /^(?:te|user-agent|host|accept-encoding)$/u.test(name))).toEqual([]);
        return fetch(input, init);
      },
    }).echo(1, { headers: { "x-one": "1" }, timeoutMs: 1000 });
    expect(names).toEqual(expect.arrayContaining(["content-type", "connect-timeout-ms", "x-one"]));
  });

  test("closing a client ends its open calls as canceled, at the server too, and takes no more.", async () => {
    const { client, seen } = await page("connect");
    const stream = client.hangStream({ key: "a", first: 1 });
    const unary = errorFrom(client.hang({ key: "b" }));
    expect((await stream.next()).value).toBe(0);
    await seen.heard("b started");
    await client[Symbol.asyncDispose]();
    expect([(await errorFrom(stream)).code, (await unary).code]).toEqual(["canceled", "canceled"]);
    await seen.heard("a finally");
    expect((await errorFrom(client.echo(1))).message).toContain("was closed");
  });

  test("what cannot be reached is unavailable, with what may be wrong.", async () => {
    const { code, message } = await errorFrom(connect(Kit, "http://127.0.0.1:1").echo(1));
    expect(code).toBe("unavailable");
    expect(message).toMatch(/Cannot reach http:\/\/127\.0\.0\.1:1: .*allowedOrigins/u);
  });

  test.each(["connect", "grpcweb", "jsonrpc"])(
    "random answers by %s end their calls, and throw nothing.",
    async (wire) => {
      let seed = 7;
      const random = (most: number): number => (seed = (seed * 48_271) % 2_147_483_647) % most;
      const types = ["application/json", "application/connect+json", "application/grpc-web+json", "text/plain"];
      const origin = await answering((_, response) => {
        response.writeHead(random(4) === 0 ? 100 + 100 * (1 + random(4)) : 200, { "content-type": types[random(4)] });
        const bytes = Uint8Array.from({ length: random(40) }, () => (random(2) === 0 ? random(256) : random(4)));
        if (random(5) === 0) response.write(bytes, () => response.destroy());
        else response.end(bytes);
      });
      const client = connect(Kit, origin.replace("http", wire));
      const answers = await Promise.allSettled(
        Array.from({ length: 40 }, (_, n) => (n % 2 === 0 ? client.echo(n) : all(client.count({ to: n })))),
      );
      for (const answer of answers)
        if (answer.status === "rejected") expect(String(answer.reason)).toMatch(/^[a-z_]+: [A-Z]?/u);
      expect(answers.filter(({ status }) => status === "rejected").length).toBeGreaterThan(20);
    },
  );
});
