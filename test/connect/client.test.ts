import { create, toBinary } from "@bufbuild/protobuf";
import { connect } from "callwire/client";
import type { ServerResponse } from "node:http";
import { brotliCompressSync, gunzipSync, gzipSync } from "node:zlib";
import { describe, expect, onTestFinished, test } from "vitest";
import { EchoReplySchema, EchoService } from "../../examples/quickstart/gen/echo_pb.js";
import { enveloped } from "../../src/bytes/enveloped.js";
import { errorOf } from "../grpc/foreign-server.js";
import { envelopes, VERSIONS } from "./asked.js";
import { echoClient, foreign } from "./foreign-server.js";
import { served, Shop } from "./served.js";

const PROTO = { "content-type": "application/proto" };
const JSON_TYPE = { "content-type": "application/json" };
const STREAM = { "content-type": "application/connect+proto" };

const saying = (text: string): Uint8Array => toBinary(EchoReplySchema, create(EchoReplySchema, { text }));
const message = (text: string): Uint8Array => enveloped(0, saying(text));
const ending = (end: unknown): Uint8Array => enveloped(2, Buffer.from(JSON.stringify(end)));

function say(response: ServerResponse, status: number, headers: object, body: string | Uint8Array = ""): void {
  response.writeHead(status, { ...headers });
  response.end(body);
}

async function all<T>(messages: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const each of messages) list.push(each);
  return list;
}

describe.each(VERSIONS)("A request over %s", (version) => {
  test("is a POST of the bare message, with the fields of Connect and the metadata.", async () => {
    let heard: unknown;
    const client = await echoClient(version, ({ method, url, headers }, response, body) => {
      heard = { method, url, headers, body };
      say(response, 200, PROTO, saying("x"));
    });
    await client.echo({ text: "hello" }, { timeoutMs: 5000, headers: { "x-a": "1" } });
    expect(heard).toMatchObject({
      method: "POST",
      url: "/echo.v1.EchoService/Echo",
      body: Buffer.from(saying("hello")),
      headers: {
        ...PROTO,
        "connect-protocol-version": "1",
        "accept-encoding": expect.stringMatching(/^gzip, br/u) as string, // a matcher
        "connect-timeout-ms": expect.stringMatching(/^\d{1,4}$/u) as string, // a matcher
        "x-a": "1",
      },
    });
  });

  test("may be in JSON, and after a path.", async () => {
    const url = await foreign(version, ({ url: path, headers }, response, body) => {
      say(response, 200, JSON_TYPE, JSON.stringify([path, headers["content-type"], JSON.parse(body.toString())]));
    });
    const client = connect("math", `${url}/api/`);
    onTestFinished(() => client[Symbol.asyncDispose]());
    expect(await client["add"]?.(2, 3)).toEqual(["/api/math/add", "application/json", [2, 3]]);
  });

  test("of a protobuf service is in JSON where that is wished.", async () => {
    const client = await echoClient(version, (_request, response, body) => say(response, 200, JSON_TYPE, body), {
      useBinaryFormat: false,
    });
    expect((await client.echo({ text: "plain" })).text).toBe("plain");
  });

  test("is compressed where that is wished, and it is long.", async () => {
    const heard: (string | undefined)[] = [];
    const client = await echoClient(
      version,
      ({ headers }, response, body) => {
        const coding = headers["content-encoding"];
        heard.push(coding);
        say(response, 200, PROTO, coding === "gzip" ? gunzipSync(body) : body);
      },
      { sendCompression: "gzip" },
    );
    const long = "long ".repeat(1000);
    expect((await client.echo({ text: long })).text).toBe(long);
    expect((await client.echo({ text: "short" })).text).toBe("short");
    expect(heard).toEqual(["gzip", undefined]);
  });

  test("of a stream has its messages in envelopes, compressed where that is wished.", async () => {
    let heard: unknown;
    const client = await echoClient(
      version,
      ({ headers }, response, body) => {
        heard = [
          headers["content-type"],
          headers["connect-content-encoding"],
          envelopes({ body }).map(([flags]) => flags),
        ];
        say(response, 200, STREAM, Buffer.concat([message("a"), ending({})]));
      },
      { sendCompression: "br" },
    );
    const texts = ["long ".repeat(1000), "short"].map((text) => ({ text }));
    expect((await all(client.chat(texts))).map(({ text }) => text)).toEqual(["a"]);
    expect(heard).toEqual(["application/connect+proto", "br", [1, 0]]);
  });

  test("of a method without side effects may be a GET.", async () => {
    const asked: (string | undefined)[] = [];
    const url = await foreign(version, ({ method, url: target }, response) => {
      asked.push(`${method} ${target}`);
      say(response, 200, JSON_TYPE, '"got"');
    });
    const client = connect(Shop, url, { useHttpGet: true, sendCompression: "gzip" });
    onTestFinished(() => client[Symbol.asyncDispose]());
    await client.find({ a: "ü" });
    await client.order(1);
    await client.find("x".repeat(5000));
    await client.find(Array.from({ length: 4000 }, (_, n) => n * 7919));
    expect(asked.slice(0, 2)).toEqual([
      "GET /demo.Shop/find?connect=v1&encoding=json&message=%7B%22a%22%3A%22%C3%BC%22%7D",
      "POST /demo.Shop/order",
    ]);
    expect(asked[2]).toMatch(
      /^GET \/demo\.Shop\/find\?connect=v1&base64=1&compression=gzip&encoding=json&message=[\w-]+$/u,
    );
    // What is too long for a URL is a POST.
    expect(asked[3]).toBe("POST /demo.Shop/find");
  });

  test("by GET is answered by our server.", async () => {
    const { address } = await served();
    const carrier = version === "HTTP/2" ? "connect+http2" : "connect";
    const client = connect(Shop, address.replace("tcp", carrier), { useHttpGet: true });
    onTestFinished(() => client[Symbol.asyncDispose]());
    expect(await client.find({ a: ["ü", "&"] })).toEqual({ found: { a: ["ü", "&"] } });
  });
});

describe.each(VERSIONS)("An answer over %s", (version) => {
  test("may come in pieces, compressed, with metadata and trailers.", async () => {
    const client = await echoClient(version, (_request, response) => {
      response.writeHead(200, { ...PROTO, "content-encoding": "br", "x-head": "1", "trailer-x-end": "2" });
      for (const byte of brotliCompressSync(saying("hello"))) response.write(Uint8Array.of(byte));
      response.end();
    });
    const heard: (string | null)[] = [];
    const { text } = await client.echo(
      { text: "" },
      {
        onHeader: (fields) => heard.push(fields.get("x-head"), fields.get("trailer-x-end"), fields.get("content-type")),
        onTrailer: (fields) => heard.push(fields.get("x-end")),
      },
    );
    expect([text, ...heard]).toEqual(["hello", "1", null, null, "2"]);
  });

  test.each([
    [404, JSON_TYPE, '{"code":"aborted","message":"no"}', "aborted", "no"],
    [404, JSON_TYPE, '{"message":"no code"}', "unimplemented", "no code"],
    [503, JSON_TYPE, "{", "unavailable", "503"],
    [503, JSON_TYPE, "", "unavailable", "503"],
    [429, { "content-type": "text/html" }, "<p>", "unavailable", "429 with text/html"],
    [401, {}, "", "unauthenticated", "401"],
    [302, { location: "/" }, "", "unknown", "302"],
    [200, { "content-type": "text/html" }, "<p>", "unknown", "text/html"],
    [200, JSON_TYPE, "{}", "internal", "application/json"],
    [200, { ...PROTO, "content-encoding": "snappy" }, "{}", "internal", "snappy"],
    [200, { ...PROTO, "content-encoding": "gzip" }, "{}", "internal", "decompressed"],
    [200, PROTO, "\u0007\u0007", "internal", "cannot be read"],
  ])("of %i with %j and %j is an error.", async (status, headers, body, code, said) => {
    const client = await echoClient(version, (_request, response) => say(response, status, headers, body));
    const error = await errorOf(client.echo({ text: "" }));
    expect(error.code).toBe(code);
    expect(error.message).toContain(said);
  });

  test("that is an error may be compressed, with details and trailers.", async () => {
    const client = await echoClient(version, (_request, response) => {
      const details = [{ type: "google.rpc.RetryInfo", value: "CgIIPA", debug: { no: "matter" } }];
      const body = gzipSync(JSON.stringify({ code: "aborted", details }));
      say(response, 409, { ...JSON_TYPE, "content-encoding": "gzip", "trailer-x-end": "1" }, body);
    });
    const error = await errorOf(client.echo({ text: "" }));
    expect([error.code, error.headers?.get("x-end")]).toEqual(["aborted", "1"]);
    expect(error.details).toEqual([{ type: "google.rpc.RetryInfo", value: Uint8Array.of(10, 2, 8, 60) }]);
  });

  test("that is too long is an error, and the client goes on.", async () => {
    let long = true;
    const client = await echoClient(
      version,
      (_request, response) => {
        say(
          response,
          200,
          long ? { ...PROTO, "content-encoding": "gzip" } : PROTO,
          long ? gzipSync(Buffer.alloc(1e6)) : saying("x"),
        );
      },
      { maxMessageBytes: 10_000 },
    );
    expect((await errorOf(client.echo({ text: "" }))).code).toBe("resource_exhausted");
    long = false;
    expect((await client.echo({ text: "" })).text).toBe("x");
    const endless = await echoClient(
      version,
      (_request, response) => {
        response.writeHead(200, PROTO);
        response.write(Buffer.alloc(20_000));
      },
      { maxMessageBytes: 10_000 },
    );
    expect((await errorOf(endless.echo({ text: "" }))).code).toBe("resource_exhausted");
  });

  test("that is a stream has metadata, messages compressed or not, and an end with trailers.", async () => {
    const client = await echoClient(version, (_request, response) => {
      response.writeHead(200, { ...STREAM, "connect-content-encoding": "gzip", "x-head": "1" });
      const whole = [message("a"), enveloped(1, gzipSync(saying("b"))), ending({ metadata: { "X-End": ["2", "3"] } })];
      for (const byte of Buffer.concat(whole)) response.write(Uint8Array.of(byte));
      response.end();
    });
    const heard: (string | null)[] = [];
    const answers = client.chat([], {
      onHeader: (fields) => heard.push(fields.get("x-head")),
      onTrailer: (fields) => heard.push(fields.get("x-end")),
    });
    expect((await all(answers)).map(({ text }) => text)).toEqual(["a", "b"]);
    expect(heard).toEqual(["1", "2, 3"]);
  });

  test.each([
    ["an error at its end", Buffer.concat([message("a"), ending({ error: { code: "aborted" } })]), "aborted"],
    ["an error without a code", ending({ error: {} }), "unknown"],
    ["an end that is none", enveloped(2, Buffer.from("[")), "internal"],
    ["no end", message("a"), "internal"],
    ["nothing", Buffer.of(), "internal"],
    ["half a message", message("abc").subarray(0, 7), "internal"],
    ["half a message after a whole one", Buffer.concat([message("a"), message("abc").subarray(0, 7)]), "internal"],
    ["more after its end", Buffer.concat([ending({}), message("a")]), "internal"],
    ["a bit more after its end", Buffer.concat([ending({}), Buffer.of(0)]), "internal"],
    ["flags that nobody knows", enveloped(4, saying("a")), "internal"],
    ["a compressed message, and no coding", enveloped(1, gzipSync(saying("a"))), "internal"],
    ["a message that is too long", Buffer.of(0, 255, 0, 0, 0), "resource_exhausted"],
  ])("that is a stream with %s is an error.", async (_what, body, code) => {
    const client = await echoClient(version, (_request, response) => say(response, 200, STREAM, body));
    expect((await errorOf(all(client.chat([])))).code).toBe(code);
  });

  test.each([
    [503, {}, "unavailable"],
    [404, JSON_TYPE, "unimplemented"],
    [200, PROTO, "unknown"],
    [200, { "content-type": "application/connect+json" }, "internal"],
    [200, { ...STREAM, "connect-content-encoding": "snappy" }, "internal"],
  ])("of %i with %j to a stream is an error.", async (status, headers, code) => {
    const client = await echoClient(version, (_request, response) => say(response, status, headers, "x".repeat(50)));
    expect((await errorOf(all(client.chat([])))).code).toBe(code);
  });

  test("may be of any length, where each of its messages is not.", async () => {
    const options = { maxMessageBytes: 1000 };
    const whole = Buffer.concat([...Array.from({ length: 50 }, () => message("x".repeat(900))), ending({})]);
    const client = await echoClient(version, (_request, response) => say(response, 200, STREAM, whole), options);
    expect((await all(client.chat([]))).length).toBe(50);
  });
});

test("A method may be called by its bare name, or with a dot.", async () => {
  const { address } = await served();
  const client = connect("", address.replace("tcp", "connect"));
  onTestFinished(() => client[Symbol.asyncDispose]());
  expect(await client["add"]?.(1, 2)).toBe(3);
  expect(await client["math.add"]?.(1, 2)).toBe(3);
});

test("A client closes its connections, and its open calls are cancelled at the server.", async () => {
  const { address, seen } = await served();
  const client = connect(EchoService, address.replace("tcp", "connect"));
  const answer = errorOf(client.echo({ text: "hang" }));
  while (seen.length < 1) await new Promise(setImmediate);
  await client[Symbol.asyncDispose]();
  expect((await answer).code).toBe("canceled");
  while (seen.length < 2) await new Promise(setImmediate);
});
