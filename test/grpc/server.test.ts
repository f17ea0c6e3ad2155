import { deflateSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { enveloped } from "../../src/bytes/enveloped.js";
import { readDetails } from "../../src/wires/grpc/details.js";
import { message, saying } from "./message.js";
import { type Answer, answerOf, begin } from "./raw-call.js";
import { served, type Served } from "./served.js";

const ECHO = "/echo.v1.EchoService/Echo";
const CHAT = "/echo.v1.EchoService/Chat";

async function asked(
  { client }: Served,
  body: Uint8Array,
  { path = ECHO, ...fields }: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const stream = begin(client, path, fields);
  stream.end(body);
  return await answerOf(stream);
}

describe("A call", () => {
  test("is answered by a head, messages and trailers.", async () => {
    const answer = await asked(await served(), message("hello"));
    expect(answer).toMatchObject({ texts: ["hello"], trailers: { "grpc-status": "0" } });
    expect(answer.head).toMatchObject({ ":status": 200, "content-type": "application/grpc" });
    expect(answer.head["grpc-status"]).toBeUndefined();
  });

  test("has metadata both ways, and a deadline.", async () => {
    const answer = await asked(await served(), message("meta"), { "x-asked": "a", "grpc-timeout": "10S" });
    expect(answer).toMatchObject({ texts: ["true"], head: { "x-head": "a" }, trailers: { "x-end": "yes" } });
  });

  test("that takes too long ends with 4.", async () => {
    const host = await served();
    expect((await asked(host, message("hang"), { "grpc-timeout": "20m" })).status).toBe("4");
    while (host.seen.length < 2) await new Promise(setImmediate);
    expect(host.seen).toEqual(["hangs", "deadline_exceeded"]);
  });

  test("may have JSON for messages.", async () => {
    const { client } = await served();
    const stream = begin(client, ECHO, { "content-type": "application/grpc+json" });
    stream.end(enveloped(0, Buffer.from('{"text":"hi"}')));
    const parts: Buffer[] = [];
    for await (const part of stream) parts.push(part as Buffer); // no encoding was set
    expect(JSON.parse(Buffer.concat(parts).subarray(5).toString())).toEqual({ text: "hi" });
  });

  test("that is reset is heard of by the method.", async () => {
    const host = await served();
    const stream = begin(host.client, ECHO);
    stream.end(message("hang"));
    while (host.seen.length === 0) await new Promise(setImmediate);
    stream.close(8);
    while (host.seen.length === 1) await new Promise(setImmediate);
    expect(host.seen).toEqual(["hangs", "canceled"]);
    expect((await asked(host, message("others go on"))).texts).toEqual(["others go on"]);
  });
});

describe("An error", () => {
  test("before any message is a head alone, with message, details and trailers.", async () => {
    const { head, trailers, texts } = await asked(await served(), message("fail"));
    expect({ trailers, texts }).toEqual({ trailers: {}, texts: [] });
    expect(head).toMatchObject({
      ":status": 200,
      "content-type": "application/grpc",
      "grpc-status": "5",
      "grpc-message": "No such %C3%BC.",
      "x-end": "failed",
    });
    expect(readDetails(String(head["grpc-status-details-bin"]))).toEqual([{ a: 1 }]);
  });

  test("after messages is in the trailers.", async () => {
    const body = Buffer.concat(["a", "b", "fail"].map(message));
    const answer = await asked(await served(), body, { path: CHAT });
    expect(answer.texts).toEqual(["a", "b"]);
    expect(answer.head["grpc-status"]).toBeUndefined();
    expect(answer.trailers).toMatchObject({ "grpc-status": "10", "grpc-message": "That is enough." });
  });

  test.each([
    ["/echo.v1.EchoService/Nothing", "12"],
    ["/no.Such/Echo", "12"],
    ["/", "12"],
  ])("%s is no method: %s.", async (path, status) => {
    expect((await asked(await served(), message("x"), { path })).head["grpc-status"]).toBe(status);
  });

  test.each(["soon", "123456789m", "1", "-1S"])("The timeout %j is refused with 13.", async (timeout) => {
    expect((await asked(await served(), message("x"), { "grpc-timeout": timeout })).status).toBe("13");
  });

  test("A message that is no protobuf is an error, and the connection goes on.", async () => {
    const host = await served();
    expect((await asked(host, enveloped(0, Uint8Array.of(255, 255)))).status).toBe("3");
    expect((await asked(host, message("x"))).status).toBe("0");
  });

  test("whose method has set response headers is a head with them, and trailers.", async () => {
    const { head, trailers, texts } = await asked(await served(), message("fail late"), { "x-asked": "me" });
    expect(texts).toEqual([]);
    expect(head["x-head"]).toBe("me");
    expect(head["grpc-status"]).toBeUndefined();
    expect(trailers).toMatchObject({ "grpc-status": "5", "x-end": "failed" });
  });

  test.each(["/echo.v1.EchoService/Echo", "/echo.v1.EchoService/Count"])(
    "Two messages, or none, where %s takes one are refused with 12.",
    async (path) => {
      const host = await served();
      expect((await asked(host, new Uint8Array(0), { path })).status).toBe("12");
      const empty = enveloped(0, new Uint8Array(0));
      expect((await asked(host, Buffer.concat([empty, empty]), { path })).status).toBe("12");
    },
  );
});

describe("What is no gRPC", () => {
  test.each(["application/grpc+thrift", "application/grpc-webx", "text/plain", "application/grpcx"])(
    "A body of %s is refused with 415.",
    async (type) => {
      expect((await asked(await served(), message("x"), { "content-type": type })).head[":status"]).toBe(415);
    },
  );

  test("GET is refused with 405.", async () => {
    const { client } = await served();
    const stream = client.request({ ":path": ECHO, "content-type": "application/grpc" });
    expect((await answerOf(stream)).head[":status"]).toBe(405);
  });
});

describe("Messages", () => {
  test("Many may come in one piece.", async () => {
    const texts = Array.from({ length: 500 }, (_, n) => `text ${n}`);
    const answer = await asked(await served(), Buffer.concat(texts.map(message)), { path: CHAT });
    expect(answer).toMatchObject({ texts, status: "0" });
  });

  test("One may come in many pieces, cut anywhere.", async () => {
    const { client } = await served();
    const bytes = Buffer.concat([message("hello"), message(""), message("you")]);
    const answers = Array.from(bytes, async (_, cut) => {
      const stream = begin(client, CHAT);
      stream.write(bytes.subarray(0, cut));
      await new Promise(setImmediate);
      stream.end(bytes.subarray(cut));
      return (await answerOf(stream)).texts;
    });
    for (const texts of await Promise.all(answers)) expect(texts).toEqual(["hello", "", "you"]);
    const stream = begin(client, CHAT);
    for (const byte of bytes) stream.write(Uint8Array.of(byte));
    stream.end();
    expect((await answerOf(stream)).texts).toEqual(["hello", "", "you"]);
  });

  test("A stream is answered while it goes on.", async () => {
    const { client } = await served();
    const stream = begin(client, CHAT);
    for (const text of ["a", "b"]) {
      stream.write(message(text));
      const part = await new Promise<Buffer>((resolve) => stream.once("data", resolve));
      expect(part.subarray(7).toString()).toBe(text);
    }
    stream.end();
  });

  test.each([1, 4, 5, 8])("A request that ends after %i bytes of a message is refused with 13.", async (length) => {
    expect((await asked(await served(), message("hello").subarray(0, length))).status).toBe("13");
  });

  test("One that is too long is refused with 8 by its head alone.", async () => {
    const host = await served({ maxMessageBytes: 100 });
    expect((await asked(host, message("x".repeat(98)))).status).toBe("0");
    const stream = begin(host.client, ECHO);
    stream.write(Uint8Array.of(0, 0, 0, 0, 101));
    expect((await answerOf(stream)).head).toMatchObject({ "grpc-status": "8" });
    expect((await asked(host, Uint8Array.of(0, 255, 255, 255, 255))).status).toBe("8");
  });

  test("Random bytes are answered with an error, and the connection goes on.", async () => {
    const host = await served();
    let state = 20_260_101;
    const noise = (): Uint8Array =>
      Uint8Array.from({ length: 40 }, () => (state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0) >>> 24);
    const answers = await Promise.all(Array.from({ length: 100 }, () => asked(host, noise())));
    for (const { status } of answers) expect(["3", "8", "12", "13"]).toContain(status);
    expect((await asked(host, message("x"))).status).toBe("0");
  });
});

describe("Compression", () => {
  test.each([
    ["gzip", gzipSync],
    ["deflate", deflateSync],
  ])("Messages may be in %s, each or some.", async (encoding, code) => {
    const body = Buffer.concat([enveloped(1, code(saying("squeezed"))), message("plain")]);
    const answer = await asked(await served(), body, { path: CHAT, "grpc-encoding": encoding });
    expect(answer).toMatchObject({ texts: ["squeezed", "plain"], status: "0" });
  });

  test("An encoding that nobody knows is refused with 12, and the answer says which there are.", async () => {
    for (const encoding of ["snappy", "constructor"]) {
      const { head } = await asked(await served(), message("x"), { "grpc-encoding": encoding });
      expect(head["grpc-status"]).toBe("12");
      expect(String(head["grpc-accept-encoding"]).split(",")).toEqual(expect.arrayContaining(["gzip", "deflate"]));
    }
  });

  test("A compressed message without an encoding is refused with 13, and so are other flags.", async () => {
    const host = await served();
    const squeezed = gzipSync(saying("x"));
    expect((await asked(host, enveloped(1, squeezed))).status).toBe("13");
    expect((await asked(host, enveloped(1, squeezed), { "grpc-encoding": "identity" })).status).toBe("13");
    expect((await asked(host, enveloped(2, squeezed), { "grpc-encoding": "gzip" })).status).toBe("13");
  });

  test("What is no gzip is refused with 13, and what becomes too long with 8.", async () => {
    const host = await served({ maxMessageBytes: 50_000 });
    const gzip = { "grpc-encoding": "gzip" };
    expect((await asked(host, enveloped(1, saying("no gzip")), gzip)).status).toBe("13");
    expect((await asked(host, enveloped(1, gzipSync(saying("x")).subarray(0, 12)), gzip)).status).toBe("13");
    expect((await asked(host, enveloped(1, gzipSync(new Uint8Array(20_000_000))), gzip)).status).toBe("8");
  });
});
