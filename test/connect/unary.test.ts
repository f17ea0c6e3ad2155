import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { brotliCompressSync, deflateSync, gunzipSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { EchoReplySchema, EchoRequestSchema } from "../../examples/quickstart/gen/echo_pb.js";
import { Outsider } from "../port/outsider.js";
import { asked, json, VERSIONS } from "./asked.js";
import { served } from "./served.js";

const ECHO = "/echo.v1.EchoService/Echo";
const saying = (text: string): string => JSON.stringify({ text });

describe.each(VERSIONS)("A unary call over %s", (version) => {
  test("is answered by a message, in JSON or in protobuf's format.", async () => {
    const { address } = await served();
    const answer = await asked(address, version, { path: ECHO, body: saying("hello") });
    expect(answer).toMatchObject({ status: 200, headers: { "content-type": "application/json" } });
    expect(json(answer)).toEqual({ text: "hello" });
    const body = toBinary(EchoRequestSchema, create(EchoRequestSchema, { text: "hi" }));
    const headers = { "content-type": "application/proto", "connect-protocol-version": "1" };
    const binary = await asked(address, version, { path: ECHO, headers, body });
    expect(binary).toMatchObject({ status: 200, headers: { "content-type": "application/proto" } });
    expect(fromBinary(EchoReplySchema, binary.body).text).toBe("hi");
  });

  test("may be empty in protobuf's format, and then has a message without fields.", async () => {
    const { address } = await served();
    const answer = await asked(address, version, { path: ECHO, headers: { "content-type": "application/proto" } });
    expect([answer.status, answer.body.length]).toEqual([200, 0]);
  });

  test("of a service without protobuf, or of a plain function, is in JSON.", async () => {
    const { address } = await served();
    expect(json(await asked(address, version, { path: "/demo.Shop/find", body: "[1]" }))).toEqual({ found: [1] });
    for (const path of ["/math/add", "/add"])
      expect(json(await asked(address, version, { path, body: "[2,3]" }))).toBe(5);
    const headers = { "content-type": "application/proto" };
    const binary = await asked(address, version, { path: "/math/add", headers });
    expect(binary).toMatchObject({ status: 501, headers: { "content-type": "application/json" } });
  });

  test("has metadata both ways, trailers with a prefix, and a deadline.", async () => {
    const { address } = await served();
    const headers = { "x-asked": "a", "connect-timeout-ms": "10000" };
    const answer = await asked(address, version, { path: ECHO, headers, body: saying("meta") });
    expect(json(answer)).toEqual({ text: "true" });
    expect(answer.headers).toMatchObject({ "x-head": "a", "trailer-x-end": "yes" });
  });

  test("that fails is answered by an Error, with the HTTP status of its code.", async () => {
    const { address } = await served();
    const answer = await asked(address, version, { path: ECHO, body: saying("fail") });
    expect(answer).toMatchObject({
      status: 404,
      headers: { "content-type": "application/json", "trailer-x-end": "failed" },
    });
    expect(json(answer)).toMatchObject({
      code: "not_found",
      message: "No such ü.",
      details: [{ type: "google.protobuf.Value", debug: { a: 1 } }],
    });
  });

  test("that takes too long is answered by 504, and its method hears of it.", async () => {
    const { address, seen } = await served();
    const answer = await asked(address, version, {
      path: ECHO,
      headers: { "connect-timeout-ms": "20" },
      body: saying("hang"),
    });
    expect([answer.status, (json(answer) as { code: string }).code]).toEqual([504, "deadline_exceeded"]); // an Error
    while (seen.length < 2) await new Promise(setImmediate);
    expect(seen).toEqual(["hang", "deadline_exceeded"]);
  });

  test.each([
    ["/echo.v1.EchoService/Nothing", {}, "{}", 404, "unimplemented"],
    ["/no.Such/Echo", {}, "{}", 404, "unimplemented"],
    [ECHO, {}, "{", 400, "invalid_argument"],
    [ECHO, {}, '{"text":7}', 400, "invalid_argument"],
    [ECHO, { "content-type": "application/proto" }, "\u0007\u0007", 400, "invalid_argument"],
    [ECHO, { "connect-protocol-version": "2" }, "{}", 400, "invalid_argument"],
    [ECHO, { "connect-timeout-ms": "soon" }, "{}", 400, "invalid_argument"],
    [ECHO, { "content-encoding": "snappy" }, "{}", 501, "unimplemented"],
    [ECHO, { "content-encoding": "gzip" }, "no gzip", 400, "invalid_argument"],
    ["/demo.Shop/list", {}, "{}", 415, "unimplemented"],
  ])("to %s with %j and %j is refused with %i.", async (path, headers, body, status, code) => {
    const { address } = await served();
    const answer = await asked(address, version, { path, headers, body });
    expect([answer.status, (json(answer) as { code: string }).code]).toEqual([status, code]); // an Error
    expect(answer.headers["content-type"]).toBe("application/json");
  });

  test.each([
    ["PUT", ECHO, "application/json", 405],
    ["POST", ECHO, "application/jsonx", 415],
    ["POST", ECHO, "text/plain", 415],
    ["POST", "/nowhere", "text/plain", version === "HTTP/2" ? 415 : 404],
    ["POST", "/nowhere", "application/json", 404],
  ])("by %s to %s of type %s is none: %i.", async (method, path, type, status) => {
    const { address } = await served();
    const answer = await asked(address, version, { method, path, headers: { "content-type": type }, body: "{}" });
    expect(answer.status).toBe(status);
    if (status === 405) expect(answer.headers.allow).toBe("GET, POST, OPTIONS");
  });

  test("whose message is too long is refused with 429, also where it becomes so.", async () => {
    const { address } = await served({ maxMessageBytes: 100_000 });
    const long = saying("x".repeat(100_000));
    const bomb = gzipSync(saying("x".repeat(10_000_000)));
    const fits = await asked(address, version, { path: ECHO, body: saying("x".repeat(99_000)) });
    expect(fits.status).toBe(200);
    for (const [body, headers] of [
      [long, {}],
      [bomb, { "content-encoding": "gzip" }],
    ] as const) {
      const answer = await asked(address, version, { path: ECHO, headers, body });
      expect([answer.status, (json(answer) as { code: string }).code]).toEqual([429, "resource_exhausted"]); // an Error
    }
  });

  test.each([
    ["gzip", gzipSync],
    ["br", brotliCompressSync],
    ["deflate", deflateSync],
    ["identity", Buffer.from],
  ])("may come in %s.", async (coding, code) => {
    const { address } = await served();
    const body = code(Buffer.from(saying("squeezed")));
    const answer = await asked(address, version, { path: ECHO, headers: { "content-encoding": coding }, body });
    expect([answer.headers["content-encoding"], json(answer)]).toEqual([undefined, { text: "squeezed" }]);
  });

  test("that is empty is not decompressed.", async () => {
    const { address } = await served();
    const headers = { "content-type": "application/proto", "content-encoding": "gzip" };
    expect((await asked(address, version, { path: ECHO, headers })).status).toBe(200);
  });

  test("is answered in gzip where the server does that, and the caller reads it, or writes it.", async () => {
    const { address } = await served({ sendCompression: "gzip" });
    const text = "long ".repeat(1000);
    for (const [headers, body] of [
      [{ "accept-encoding": "br, gzip" }, saying(text)],
      [{ "content-encoding": "gzip" }, gzipSync(saying(text))],
    ] as const) {
      const answer = await asked(address, version, { path: ECHO, headers, body });
      expect(answer.headers["content-encoding"]).toBe("gzip");
      expect(json({ body: gunzipSync(answer.body) })).toEqual({ text });
    }
    for (const [accepts, said] of [
      ["br", text],
      ["gzip", "short"],
    ] as const) {
      const headers = { "accept-encoding": accepts };
      const answer = await asked(address, version, { path: ECHO, headers, body: saying(said) });
      expect([answer.headers["content-encoding"], json(answer)]).toEqual([undefined, { text: said }]);
    }
  });
});

describe.each(VERSIONS)("A GET over %s", (version) => {
  const asks = async (path: string, method = "GET"): ReturnType<typeof asked> => {
    const { address } = await served();
    return await asked(address, version, { method, path });
  };

  test("calls a method without side effects.", async () => {
    const answer = await asks("/demo.Shop/find?connect=v1&encoding=json&message=%7B%22a%22%3A%22%C3%BC%22%7D");
    expect(answer).toMatchObject({ status: 200, headers: { "content-type": "application/json" } });
    expect(json(answer)).toEqual({ found: { a: "ü" } });
    expect(json(await asks("/math/add?encoding=json&message=[2,3]"))).toBe(5);
  });

  test("may have its message in base64, and compressed.", async () => {
    const message = gzipSync('{"b":1}').toString("base64url");
    expect(json(await asks(`/demo.Shop/find?message=${message}&compression=gzip&encoding=json&base64=1`))).toEqual({
      found: { b: 1 },
    });
    expect(json(await asks("/demo.Shop/find?message=eyJiIjoxfQ%3D%3D&encoding=json&base64=1"))).toEqual({
      found: { b: 1 },
    });
  });

  test("of the kind HEAD has no body.", async () => {
    expect(await asks("/demo.Shop/find?encoding=json&message=1", "HEAD")).toMatchObject({
      status: 200,
      body: Buffer.of(),
    });
  });

  test.each([
    ["/demo.Shop/order?encoding=json&message=1", 405],
    ["/demo.Shop/list?encoding=json&message=1", 405],
    ["/demo.Shop/nothing?encoding=json&message=1", 404],
    ["/demo.Shop/find", 405],
    ["/demo.Shop/find?encoding=xml&message=1", 415],
    ["/demo.Shop/find?encoding=json", 400],
    ["/demo.Shop/find?connect=v2&encoding=json&message=1", 400],
    ["/demo.Shop/find?encoding=json&message=1&compression=x", 501],
    ["/demo.Shop/find?encoding=json&message=!!&base64=1", 400],
    ["/demo.Shop/find?encoding=json&message=%7B", 400],
  ])("for %s is refused with %i.", async (path, status) => {
    const host = await served();
    const answer = await asked(host.address, version, { method: "GET", path });
    expect(answer.status).toBe(status);
    if (status === 405) expect(answer.headers.allow).toContain("POST");
    expect(host.seen).toEqual([]);
  });
});

describe("On one connection of HTTP/1.1", () => {
  const POST = `POST ${ECHO} HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n`;

  test("calls follow each other, whole or cut anywhere.", async () => {
    const { address } = await served();
    const peer = await Outsider.to(address);
    const body = saying("cut");
    const whole = `${POST}content-length: ${body.length}\r\n\r\n${body}`;
    for (let cut = POST.length - 3; cut < whole.length; cut += 1) {
      peer.say(whole.slice(0, cut));
      await new Promise(setImmediate);
      peer.say(whole.slice(cut));
      await peer.until(/^HTTP\/1\.1 200 OK\r\n[^]*\{"text":"cut"\}$/u);
    }
    peer.say(whole.repeat(3));
    await peer.until(/(?:HTTP\/1\.1 200 OK\r\n[^]*?\{"text":"cut"\}){3}$/u);
  });

  test("a body may come in chunks.", async () => {
    const { address } = await served();
    const peer = await Outsider.to(address);
    const chunks = [...saying("abc")].map((char) => `1\r\n${char}\r\n`).join("");
    peer.say(`${POST}transfer-encoding: chunked\r\n\r\n${chunks}0\r\n\r\n`);
    await peer.until(/^HTTP\/1\.1 200 OK\r\n[^]*\{"text":"abc"\}$/u);
  });

  test("a call is cancelled by closing it with a reset.", async () => {
    const { address, seen } = await served();
    const peer = await Outsider.to(address);
    const body = saying("hang");
    peer.say(`${POST}content-length: ${body.length}\r\n\r\n${body}`);
    while (seen.length < 1) await new Promise(setImmediate);
    peer.socket.resetAndDestroy();
    while (seen.length < 2) await new Promise(setImmediate);
    expect(seen).toEqual(["hang", "unavailable"]);
  });

  test("what JSON-RPC owns stays JSON-RPC's.", async () => {
    const { address } = await served();
    const headers = { "connect-protocol-version": "1" };
    const body = '{"jsonrpc":"2.0","id":1,"method":"math.add","params":[2,3]}';
    for (const path of ["/", "/jsonrpc"])
      expect(json(await asked(address, "HTTP/1.1", { path, headers, body }))).toMatchObject({ result: 5 });
  });
});
