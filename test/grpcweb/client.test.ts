import { functions, serve } from "callwire";
import { connect } from "callwire/client";
import type { ServerResponse } from "node:http";
import { deflateSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { enveloped } from "../../src/bytes/enveloped.js";
import { errorOf } from "../grpc/foreign-server.js";
import { message, saying } from "../grpc/message.js";
import { clientOf } from "./foreign-server.js";

const OK = trailersOf("grpc-status: 0\r\n");

/** A frame of trailers. */
function trailersOf(text: string, flags = 0x80): Uint8Array {
  return enveloped(flags, Buffer.from(text));
}

/** Answers with a head and a body. */
function say(answer: ServerResponse, body: readonly (Uint8Array | string)[], head = {}): void {
  answer.writeHead(200, { "content-type": "application/grpc-web+proto", ...head });
  for (const part of body) answer.write(part);
  answer.end();
}

/** The texts of a stream. */
async function textsOf(stream: AsyncIterable<{ readonly text: string }>): Promise<string[]> {
  const texts: string[] = [];
  for await (const { text } of stream) texts.push(text);
  return texts;
}

describe("A request", () => {
  test.each([
    ["bytes", undefined, "application/grpc-web+proto"],
    ["text", { text: true }, "application/grpc-web-text+proto"],
  ])("is a POST of %s, with the fields of gRPC-Web and the metadata.", async (_, grpcweb, type) => {
    let asked: unknown;
    const parts: Buffer[] = [];
    const client = await clientOf(
      (answer, request) => {
        asked = { method: request.method, path: request.url, ...request.headers };
        request.on("data", (part: Buffer) => parts.push(part));
        request.on("end", () => say(answer, [message("x"), OK]));
      },
      { grpcweb },
    );
    await client.echo({ text: "hello" }, { timeoutMs: 5000, headers: { "x-a": "1" } });
    expect(asked).toMatchObject({
      method: "POST",
      path: "/echo.v1.EchoService/Echo",
      "content-type": type,
      accept: type,
      "x-grpc-web": "1",
      "grpc-timeout": expect.stringMatching(/^\d{1,8}[num]$/u) as string, // a matcher
      "x-a": "1",
    });
    expect(asked).not.toHaveProperty("te");
    const body = Buffer.concat(parts);
    expect(grpcweb === undefined ? body : Buffer.from(body.toString(), "base64")).toEqual(
      Buffer.from(message("hello")),
    );
  });
});

describe("An answer", () => {
  test("may come in any pieces, with metadata and trailers.", async () => {
    const body = Buffer.concat([message("hello"), trailersOf("Grpc-Status: 0\r\nX-End: 2\r\n")]);
    const client = await clientOf((answer) => {
      const bytes = Array.from(body, (byte) => Uint8Array.of(byte));
      say(answer, bytes, { "x-head": "1" });
    });
    const heard: (string | null)[] = [];
    const { text } = await client.echo(
      { text: "" },
      {
        onHeader: (fields) => heard.push(fields.get("x-head"), fields.get("content-type")),
        onTrailer: (fields) => heard.push(fields.get("x-end"), fields.get("grpc-status")),
      },
    );
    expect([text, ...heard]).toEqual(["hello", "1", null, "2", null]);
  });

  test("may be text, padded anywhere, whatever was asked for.", async () => {
    const whole = Buffer.concat(["a", "bc", "def"].map(message).concat(OK));
    const type = { "content-type": "application/grpc-web-text" };
    const forms = [1, 2, 3, 7, 1000].map((size) => {
      const pieces: string[] = [];
      for (let at = 0; at < whole.length; at += size) pieces.push(whole.subarray(at, at + size).toString("base64"));
      return pieces;
    });
    let form = 0;
    const client = await clientOf((answer) => say(answer, forms[form] ?? [], type));
    for (; form < forms.length; form += 1) expect(await textsOf(client.chat([]))).toEqual(["a", "bc", "def"]);
    forms.push([...whole.toString("base64")]);
    expect(await textsOf(client.chat([]))).toEqual(["a", "bc", "def"]);
  });

  test("may have many messages in one piece, longer together than one may be.", async () => {
    const texts = Array.from({ length: 300 }, (_, n) => `text ${n}`);
    const client = await clientOf((answer) => say(answer, [Buffer.concat([...texts.map(message), OK])]), {
      maxMessageBytes: 100,
    });
    expect(await textsOf(client.chat([]))).toEqual(texts);
  });

  test.each([
    ["gzip", gzipSync],
    ["deflate", deflateSync],
  ])("may be in %s, messages and trailers.", async (encoding, code) => {
    const trailers = enveloped(0x81, code(Buffer.from("grpc-status: 5\r\ngrpc-message: Not%20here.\r\n")));
    const client = await clientOf((answer) =>
      say(answer, [enveloped(1, code(saying("squeezed"))), trailers], { "grpc-encoding": encoding }),
    );
    expect(await errorOf(client.echo({}))).toMatchObject({ code: "not_found", message: "Not here." });
  });

  test.each([
    ["without trailers", [message("x")], {}, "internal"],
    ["with trailers cut short", [message("x"), OK.subarray(0, 9)], {}, "internal"],
    ["with trailers that are no fields", [message("x"), trailersOf("grpc-status 0\r\n")], {}, "internal"],
    ["with trailers that say no status", [message("x"), trailersOf("x-end: 0\r\n")], {}, "internal"],
    ["that goes on after its trailers", [message("x"), OK, message("y")], {}, "internal"],
    ["with trailers twice", [message("x"), OK, OK], {}, "internal"],
    ["with trailers that are too long", [Uint8Array.of(0x80, 255, 255, 255, 255)], {}, "resource_exhausted"],
    ["with trailers in no coding that was named", [message("x"), trailersOf("x", 0x81)], {}, "internal"],
    ["with trailers in broken gzip", [trailersOf("x", 0x81)], { "grpc-encoding": "gzip" }, "internal"],
    ["with trailers in an unknown coding", [trailersOf("x", 0x81)], { "grpc-encoding": "constructor" }, "internal"],
    ["cut short", [message("hello").subarray(0, 8)], {}, "internal"],
    ["too long", [message("x".repeat(2000)), OK], {}, "resource_exhausted"],
    ["that is no text", ["!!!!"], { "content-type": "application/grpc-web-text" }, "internal"],
    ["that ends within a group", ["AAA"], { "content-type": "application/grpc-web-text" }, "internal"],
  ])("%s is an error, and the next call is answered.", async (_, body, head, code) => {
    let first = true;
    const client = await clientOf(
      (answer) => {
        say(answer, first ? body : [message("next"), OK], first ? head : {});
        first = false;
      },
      { maxMessageBytes: 1000 },
    );
    const error = await errorOf(client.echo({}));
    expect([error.code, error.message]).toEqual([code, expect.stringMatching(/^[A-Z].*\.$/u)]);
    expect((await client.echo({})).text).toBe("next");
  });
});

describe("An error", () => {
  test("may be a head alone, or a frame of trailers alone.", async () => {
    const fields = { "grpc-status": "5", "grpc-message": "No such %C3%BC.", "x-end": "1" };
    const lines = Object.entries(fields).map(([name, value]) => `${name}:${value}\r\n`);
    for (const [body, head] of [
      [[], fields],
      [[trailersOf(lines.join(""))], {}],
    ] as const) {
      const client = await clientOf((answer) => say(answer, body, head));
      const error = await errorOf(client.echo({}));
      expect(error).toMatchObject({ code: "not_found", message: "No such ü." });
      expect(error.headers?.get("x-end")).toBe("1");
    }
  });

  test("may come after messages.", async () => {
    const client = await clientOf((answer) => say(answer, [message("a"), trailersOf("grpc-status: 10\r\n")]));
    const heard: string[] = [];
    const all = async (): Promise<void> => {
      for await (const { text } of client.chat([])) heard.push(text);
    };
    expect((await errorOf(all())).code).toBe("aborted");
    expect(heard).toEqual(["a"]);
  });

  test.each([
    [400, "internal"],
    [401, "unauthenticated"],
    [403, "permission_denied"],
    [404, "unimplemented"],
    [429, "unavailable"],
    [503, "unavailable"],
    [500, "unknown"],
    [200, "unknown"],
  ])("A page with status %i is one that names it.", async (status, code) => {
    const client = await clientOf((answer) => {
      answer.writeHead(status, { "content-type": "text/html" });
      answer.end("<h1>Oh</h1>");
    });
    expect(await errorOf(client.echo({}))).toMatchObject({
      code,
      message: expect.stringContaining(`${status} with text/html`) as string, // a matcher
    });
  });
});

test("Calls beyond what a server takes at once are made again over HTTP/2, once it has said how many.", async () => {
  const math = functions("math", {
    double: async (n: number) => {
      await new Promise(setImmediate); // so that the others come meanwhile
      return 2 * n;
    },
  });
  const server = await serve([math], { listen: ["tcp://127.0.0.1:0"], maxConcurrentCalls: 1, log: () => {} });
  const client = connect<typeof math>("math", (server.addresses[0] ?? "").replace("tcp:", "grpcweb+http2:"));
  expect(await Promise.all([1, 2, 3, 4].map((n) => client.double(n)))).toEqual([2, 4, 6, 8]);
  await client[Symbol.asyncDispose]();
  await server.stop({ graceMs: 0 });
});
