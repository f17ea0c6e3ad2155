import { functions, implement, service, unary } from "callwire";
import { once } from "node:events";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { type ClientOptions, WebSocket } from "ws";
import { served } from "../frame/served.js";
import { asked } from "./asked.js";
import { JSON_TYPE, XML_TYPE } from "./bodies.js";
import { Outsider } from "./outsider.js";

afterEach(() => {
  vi.useRealTimers();
});

/** Sends a request as it is written here, and returns everything that is answered until the connection ends. */
async function told(address: string, request: string): Promise<string> {
  const peer = await Outsider.to(address);
  peer.say(request);
  return await peer.rest();
}

const HEAD = "POST / HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n";

describe("A request that nobody answers", () => {
  test("at a path where nothing is hears 404, and what there is.", async () => {
    const { address } = await served();
    for (const method of ["GET", "POST", "DELETE", "OPTIONS"]) {
      const answer = await asked(address, { method, path: "/nope'(b)?x=1" });
      expect(answer.status).toBe(404);
      expect(answer.headers["content-type"]).toBe("text/plain; charset=utf-8");
      expect(answer.text).toMatch(/^Nothing is at "\/nope'\(b\)"\. There is: .*\.\n$/u);
      for (const offer of ["POST / or /RPC2 (xmlrpc)", "POST / or /jsonrpc (jsonrpc)", "GET / (page)"])
        expect(answer.text).toContain(offer);
    }
  });

  test("by a method that the path does not take hears 405, and those that it takes.", async () => {
    const { address } = await served();
    for (const [method, path, allow] of [
      ["DELETE", "/", "GET, POST, OPTIONS"],
      ["PUT", "/RPC2", "POST, OPTIONS"],
      ["GET", "/jsonrpc", "POST, OPTIONS"],
      ["HEAD", "/RPC2", "POST, OPTIONS"],
    ] as const) {
      const answer = await asked(address, { method, path });
      expect(answer.status).toBe(405);
      expect(answer.headers.allow).toBe(allow);
      if (method !== "HEAD") expect(answer.text).toContain(`${path} takes `);
    }
  });

  test("with a body of a type that nobody reads hears 415, and the types that there are.", async () => {
    const { address } = await served();
    for (const [path, type, said] of [
      ["/", "text/html", 'The request has content type "text/html": / takes text/xml or application/xml (xmlrpc), '],
      ["/", undefined, "The request has no content type: / takes "],
      ["/RPC2", "application/json", "/RPC2 takes text/xml or application/xml (xmlrpc).\n"],
      ["/jsonrpc", "text/xml", "application/json or application/json-rpc or application/jsonrequest (jsonrpc)"],
    ] as const) {
      const answer = await asked(address, { path, headers: type === undefined ? {} : { "content-type": type } });
      expect(answer.status).toBe(415);
      expect(answer.text).toContain(said);
    }
  });

  test("with a body in a coding that nobody reads hears 415, and those that there are.", async () => {
    const { address } = await served();
    const answer = await asked(address, { headers: { ...JSON_TYPE, "content-encoding": "br" }, body: "{}" });
    expect(answer.status).toBe(415);
    expect(answer.headers["accept-encoding"]).toBe("gzip, deflate");
  });

  test.each([
    [400, "is no request", "GET nowhere\r\n\r\n"],
    [400, "has two hosts", "GET / HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n"],
    [400, "has no host", "GET / HTTP/1.1\r\n\r\n"],
    [400, "has two lengths", `${HEAD}content-length: 2\r\ncontent-length: 3\r\n\r\n{}`],
    [400, "has a length that is no number", `${HEAD}content-length: two\r\n\r\n{}`],
    [400, "has chunks that are none", `${HEAD}transfer-encoding: chunked\r\n\r\nzz\r\n`],
    [413, "says that it is longer than the limit", `${HEAD}content-length: 1001\r\n\r\n`],
    [413, "is longer than the limit, in chunks", `${HEAD}transfer-encoding: chunked\r\n\r\n3e9\r\n`],
    [414, "has a target without end", `GET /${"a".repeat(20_000)}`],
    [431, "has more fields than the limit", `GET / HTTP/1.1\r\nhost: a\r\n${"x: y\r\n".repeat(4000)}`],
    [501, "is of a method that is not known", "DELETE / HTTP/1.1\r\nhost: a\r\n\r\nBREW / HTTP/1.1\r\nhost: a\r\n\r\n"],
    [501, "is in a coding that is not known", `${HEAD}transfer-encoding: gzip\r\n\r\n`],
    [505, "is of another version", "GET / HTTP/2.0\r\nhost: a\r\n\r\n"],
  ])("hears %i if it %s, and the connection ends.", async (status, _what, request) => {
    const { address, server } = await served({ maxMessageBytes: 1000 });
    const said = await told(address, request);
    expect(said).toMatch(new RegExp(`HTTP/1\\.1 ${status} [A-Z][^]*\\r\\n\\r\\n[^]+\\.\\n$`, "u"));
    expect(said).toContain("\r\nconnection: close\r\n");
    expect(server.counters.protocolErrors).toBe(1);
  });

  test("hears 408 if it does not arrive in time.", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    const { address, server } = await served({ requestTimeoutMs: 2000 });
    const head = await Outsider.to(address);
    const body = await Outsider.to(address);
    head.say("POST / HTTP/1.1\r\nhost: a\r\n");
    body.say(`${HEAD}content-length: 2\r\n\r\n{`);
    while (server.counters.bytesIn < 85) await new Promise(setImmediate);
    vi.advanceTimersByTime(3000);
    for (const peer of [head, body]) {
      expect(await peer.rest()).toMatch(
        /^HTTP\/1\.1 408 Request Timeout\r\n[^]*within 2000 ms, and this one has not\.\n$/u,
      );
    }
  });

  test("of what is unknown leaves the connection for those after it.", async () => {
    const { address } = await served();
    const peer = await Outsider.to(address);
    peer.say("POST /nope HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\nhello");
    await peer.until(/^HTTP\/1\.1 404 [^]*\.\n/u);
    const json = '{"jsonrpc":"2.0","id":1,"method":"tools.add","params":[2,3]}';
    peer.say(`${HEAD}content-length: ${json.length}\r\n\r\n${json}`);
    await peer.until(/^HTTP\/1\.1 200 [^]*"result":5/u);
  });
});

test("Types are told whatever their case and parameters.", async () => {
  const { address } = await served();
  for (const type of ["Application/JSON; charset=utf-8", "application/json-rpc", "application/jsonrequest ;a=b"]) {
    const answer = await asked(address, { headers: { "content-type": type }, body: "[]" });
    expect(answer.text).toContain("-32600");
  }
  const xml = await asked(address, { path: "/RPC2?a=b", headers: { "content-type": "TEXT/XML;charset=UTF-8" } });
  expect(xml.text).toContain("<name>faultCode</name>");
});

test("OPTIONS says which methods a path takes.", async () => {
  const { address } = await served();
  for (const [path, allow] of [
    ["/", "GET, POST, OPTIONS"],
    ["/jsonrpc", "POST, OPTIONS"],
  ] as const) {
    const answer = await asked(address, { method: "OPTIONS", path });
    expect(answer).toMatchObject({ status: 204, headers: { allow }, text: "" });
  }
});

const Hostile = service("a<script>alert(1).Service", {
  "say\"&'": unary({ doc: "<img src=x onerror=alert(1)> & </td><script>alert(2)</script>" }),
});

describe("The page", () => {
  const tags = implement(Hostile, { "say\"&'": () => null });
  const quiet = functions("quiet", { hush: () => null }, { doc: { hush: "Says nothing." } });

  test("is text for those who want no HTML, with the services, their wires, and lines to paste.", async () => {
    const { address } = await served({}, [quiet]);
    const { status, headers, text } = await asked(address, { method: "GET" });
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      "content-type": "text/plain; charset=utf-8",
      "cache-control": "no-store",
      vary: "accept",
    });
    expect(text).toMatch(/^Wires: .*frame, .*jsonrpc, .*xmlrpc$/mu);
    expect(text).toContain("quiet\n  hush  unary  Says nothing.\n");
    expect(text).toContain("  count  server stream\n");
    expect(text).toContain(`http://${address.slice("tcp://".length)}/RPC2`);
    expect(text).not.toContain("Introspection");
  });

  test("is HTML for browsers, without any script, and whatever is written in services is shown as it is.", async () => {
    const { address } = await served({}, [tags]);
    const { status, headers, text } = await asked(address, {
      method: "GET",
      headers: { accept: "text/html,application/xhtml+xml;q=0.9" },
    });
    expect(status).toBe(200);
    expect(headers["content-type"]).toBe("text/html; charset=utf-8");
    expect(headers).toMatchObject({
      "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
      "x-content-type-options": "nosniff",
      "cache-control": "no-store",
      vary: "accept",
    });
    expect(text).toMatch(/^<!doctype html>/u);
    expect(text).toContain("a&lt;script&gt;alert(1).Service");
    expect(text).toContain("say&quot;&amp;&#39;");
    expect(text).toContain("&lt;img src=x onerror=alert(1)&gt; &amp; &lt;/td&gt;&lt;script&gt;");
    const names = new Set(Array.from(text.matchAll(/<\/?([a-z0-9]+)/gu), ([, name]) => name));
    expect([...names].toSorted()).toEqual("code h1 h2 html meta p pre style table td title tr".split(" "));
    expect(text).not.toMatch(/<[^>]* on[a-z]+=|javascript:|(?:src|href)=["']/u);
  });

  test("shows a host that nobody can break out of.", async () => {
    const { address } = await served();
    for (const accept of ["text/html", "text/plain"]) {
      const { text } = await asked(address, { method: "GET", headers: { accept, host: "a'$(reboot)" } });
      expect(text).not.toContain("reboot");
      expect(text).toContain("http://localhost/");
    }
  });

  test("is answered to HEAD without its body, and with the length that it has.", async () => {
    const { address } = await served();
    const page = await asked(address, { method: "GET" });
    const head = await asked(address, { method: "HEAD" });
    expect(head.status).toBe(200);
    expect(head.text).toBe("");
    expect(head.headers["content-type"]).toBe(page.headers["content-type"]);
    expect(head.headers["content-length"]).toBe(String(Buffer.byteLength(page.text)));
  });
});

/** What a WebSocket is answered: "open", or the status and text of a refusal. */
async function upgraded(address: string, options: ClientOptions, path: string = "/"): Promise<unknown> {
  const socket = new WebSocket(`${address.replace("tcp:", "ws:")}${path}`, options);
  onTestFinished(() => socket.terminate());
  socket.on("error", () => {});
  return await Promise.race([
    once(socket, "open").then(() => "open"),
    once(socket, "unexpected-response").then(async ([, answer]: unknown[]) => {
      const response = answer as import("node:http").IncomingMessage; // as ws documents
      let text = "";
      response.on("data", (piece: Buffer) => (text += piece.toString()));
      await once(response, "end");
      return { status: response.statusCode, text };
    }),
  ]);
}

describe("A WebSocket", () => {
  test("of a program, which has no origin, or of a page of the server's own is opened at both paths.", async () => {
    const { address } = await served();
    for (const path of ["/", "/jsonrpc"]) {
      expect(await upgraded(address, {}, path)).toBe("open");
      expect(await upgraded(address, { origin: address.replace("tcp:", "http:") }, path)).toBe("open");
    }
    expect(await upgraded(address, {}, "/RPC2")).toMatchObject({ status: 405 });
    expect(await upgraded(address, {}, "/nope")).toMatchObject({ status: 404 });
  });

  test("of another site's page is refused with 403, and so is one of a page without an origin.", async () => {
    const { address } = await served();
    for (const origin of ["https://evil.example", "http://127.0.0.1", "null"]) {
      expect(await upgraded(address, { origin })).toEqual({
        status: 403,
        text: `Pages of ${JSON.stringify(origin)} may not open WebSockets here: add it to the allowed origins.\n`,
      });
    }
  });

  test("of a site that is allowed is opened, and only of that.", async () => {
    const { address } = await served({ allowedOrigins: ["https://app.example"] });
    expect(await upgraded(address, { origin: "https://app.example" })).toBe("open");
    expect(await upgraded(address, { origin: "https://other.example" })).toMatchObject({ status: 403 });
    expect(await upgraded(address, { origin: "http://app.example" })).toMatchObject({ status: 403 });
  });

  test("of any site is opened where all are allowed.", async () => {
    const { address } = await served({ allowedOrigins: ["*"] });
    expect(await upgraded(address, { origin: "https://any.example" })).toBe("open");
  });

  test("is not opened by a request that is none: a version, a key or a method that is wrong.", async () => {
    const { address } = await served();
    const fields = { upgrade: "websocket", connection: "Upgrade" };
    const key = { "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==" };
    const old = await asked(address, { method: "GET", headers: { ...fields, ...key, "sec-websocket-version": "8" } });
    expect(old).toMatchObject({ status: 426, headers: { "sec-websocket-version": "13" } });
    const keyless = await asked(address, { method: "GET", headers: { ...fields, "sec-websocket-version": "13" } });
    expect(keyless.status).toBe(400);
    const posted = await asked(address, { headers: { ...fields, ...key, ...XML_TYPE } });
    expect(posted.status).toBe(200);
  });
});
