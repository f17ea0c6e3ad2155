import type { OutgoingHttpHeaders, ServerHttp2Stream } from "node:http2";
import { deflateSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { enveloped } from "../../src/bytes/enveloped.js";
import { clientOf, errorOf } from "./foreign-server.js";
import { message, saying } from "./message.js";

const HEAD = { ":status": 200, "content-type": "application/grpc" };

/** Answers with a head, a body, and trailers where there are any. */
function say(stream: ServerHttp2Stream, body: Uint8Array, trailers?: OutgoingHttpHeaders, head = {}): void {
  stream.respond({ ...HEAD, ...head }, { waitForTrailers: trailers !== undefined });
  if (trailers !== undefined) stream.on("wantTrailers", () => stream.sendTrailers(trailers));
  stream.end(body);
}

describe("A request", () => {
  test("is a POST with the fields of gRPC, the metadata and the message.", async () => {
    let asked: unknown;
    const parts: Buffer[] = [];
    const client = await clientOf((stream, headers) => {
      asked = headers;
      stream.on("data", (part: Buffer) => parts.push(part));
      stream.on("end", () => say(stream, message("x"), { "grpc-status": "0" }));
    });
    await client.echo({ text: "hello" }, { timeoutMs: 5000, headers: { "x-a": "1" } });
    expect(asked).toMatchObject({
      ":method": "POST",
      ":path": "/echo.v1.EchoService/Echo",
      te: "trailers",
      "content-type": "application/grpc+proto",
      "grpc-accept-encoding": expect.stringMatching(/^identity,gzip,deflate,br/u) as string, // a matcher
      "grpc-timeout": expect.stringMatching(/^\d{1,8}[num]$/u) as string, // a matcher
      "x-a": "1",
    });
    expect(Buffer.concat(parts)).toEqual(Buffer.from(message("hello")));
  });
});

describe("An answer", () => {
  test("may come in any pieces, with metadata and trailers.", async () => {
    const client = await clientOf((stream) => {
      stream.respond({ ...HEAD, "x-head": "1" }, { waitForTrailers: true });
      stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0", "x-end": "2" }));
      for (const byte of message("hello")) stream.write(Uint8Array.of(byte));
      stream.end();
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

  test("may have many messages in one piece.", async () => {
    const texts = Array.from({ length: 300 }, (_, n) => `text ${n}`);
    const client = await clientOf((stream) => say(stream, Buffer.concat(texts.map(message)), { "grpc-status": "0" }));
    const heard: string[] = [];
    for await (const { text } of client.chat([])) heard.push(text);
    expect(heard).toEqual(texts);
  });

  test.each([
    ["gzip", gzipSync],
    ["deflate", deflateSync],
  ])("may be in %s.", async (encoding, code) => {
    const client = await clientOf((stream) =>
      say(stream, enveloped(1, code(saying("squeezed"))), { "grpc-status": "0" }, { "grpc-encoding": encoding }),
    );
    expect((await client.echo({})).text).toBe("squeezed");
  });

  test.each([
    ["in no encoding that was named", enveloped(1, gzipSync(saying("x"))), {}, "internal"],
    ["in an unknown encoding", enveloped(1, saying("x")), { "grpc-encoding": "snappy" }, "internal"],
    ["in broken gzip", enveloped(1, saying("x")), { "grpc-encoding": "gzip" }, "internal"],
    ["with other flags", enveloped(128, saying("x")), {}, "internal"],
    ["cut short", message("hello").subarray(0, 8), {}, "internal"],
    ["too long", message("x".repeat(2000)), {}, "resource_exhausted"],
    [
      "too long once decompressed",
      enveloped(1, gzipSync(new Uint8Array(1_000_000))),
      { "grpc-encoding": "gzip" },
      "resource_exhausted",
    ],
  ])("%s is an error.", async (_, body, head, code) => {
    const client = await clientOf((stream) => say(stream, body, { "grpc-status": "0" }, head), {
      maxMessageBytes: 1000,
    });
    const error = await errorOf(client.echo({}));
    expect([error.code, error.message]).toEqual([code, expect.stringMatching(/^[A-Z].*\.$/u)]);
  });

  test("without a status is an error.", async () => {
    const client = await clientOf((stream) => say(stream, message("x")));
    expect(await errorOf(client.echo({}))).toMatchObject({ code: "internal" });
    const other = await clientOf((stream) => say(stream, message("x"), { "x-end": "1" }));
    expect(await errorOf(other.echo({}))).toMatchObject({ code: "internal" });
  });
});

describe("An error", () => {
  const alone = { "grpc-status": "5", "grpc-message": "No such %C3%BC.", "x-end": "1" };

  test("may be a head alone, whose fields are trailers.", async () => {
    const client = await clientOf((stream) => say(stream, new Uint8Array(0), undefined, alone));
    const error = await errorOf(client.echo({}));
    expect(error).toMatchObject({ code: "not_found", message: "No such ü." });
    expect(error.headers?.get("x-end")).toBe("1");
  });

  test("that a head names does not count where messages or trailers follow.", async () => {
    const client = await clientOf((stream) => say(stream, message("x"), undefined, alone));
    let head: Headers | undefined;
    const error = await errorOf(client.echo({}, { onHeader: (fields) => (head = fields) }));
    expect(error.code).toBe("internal");
    expect([...(head ?? [])]).toEqual(expect.arrayContaining([["x-end", "1"]]));
    expect(head?.has("grpc-status")).toBe(false);
    const other = await clientOf((stream) => say(stream, new Uint8Array(0), { "grpc-status": "9" }, alone));
    expect((await errorOf(other.echo({}))).code).toBe("failed_precondition");
  });

  test("No message where there has to be one, or two, are unimplemented.", async () => {
    for (const body of [new Uint8Array(0), Buffer.concat([message("a"), message("b")])]) {
      const client = await clientOf((stream) => say(stream, body, { "grpc-status": "0" }));
      expect((await errorOf(client.echo({}))).code).toBe("unimplemented");
    }
  });

  test("may come after messages.", async () => {
    const client = await clientOf((stream) => say(stream, message("a"), { "grpc-status": "10" }));
    const heard: string[] = [];
    const all = async (): Promise<void> => {
      for await (const { text } of client.chat([])) heard.push(text);
    };
    expect((await errorOf(all())).code).toBe("aborted");
    expect(heard).toEqual(["a"]);
  });

  test.each([
    [401, "unauthenticated"],
    [404, "unimplemented"],
    [503, "unavailable"],
    [200, "unknown"],
  ])("A page with status %i is one that names it.", async (status, code) => {
    const client = await clientOf((stream) => {
      stream.respond({ ":status": status, "content-type": "text/html" });
      stream.end("<h1>Oh</h1>");
    });
    expect(await errorOf(client.echo({}))).toMatchObject({
      code,
      message: expect.stringContaining(`${status} with text/html`) as string, // a matcher
    });
  });
});

describe("The end of a stream or a connection", () => {
  test.each([
    [1, "internal"],
    [2, "internal"],
    [3, "internal"],
    [7, "unavailable"],
    [8, "canceled"],
    [11, "resource_exhausted"],
    [12, "permission_denied"],
  ])("RST_STREAM with %i is %s.", async (reset, code) => {
    const client = await clientOf((stream) => {
      // node closes the whole connection for some codes where the request has not ended.
      stream.resume().on("end", () => stream.close(reset));
    });
    expect((await errorOf(client.echo({}))).code).toBe(code);
  });

  test("RST_STREAM after a message ends the stream with an error.", async () => {
    const client = await clientOf((stream) => {
      stream.respond(HEAD);
      stream.write(message("a"), () => stream.close(8));
    });
    const all = async (): Promise<void> => {
      for await (const each of client.chat([])) expect(each.text).toBe("a");
    };
    expect((await errorOf(all())).code).toBe("canceled");
  });

  test("A connection that is lost ends its calls as unavailable.", async () => {
    const client = await clientOf((stream) => stream.session?.destroy());
    expect((await errorOf(client.echo({}))).code).toBe("unavailable");
  });

  test("After GOAWAY open calls are answered, and the next go over another connection.", async () => {
    const sessions = new Set<unknown>();
    const client = await clientOf((stream) => {
      sessions.add(stream.session);
      stream.session?.goaway(0, stream.id ?? 0);
      say(stream, message("after all"), { "grpc-status": "0" });
    });
    expect((await client.echo({})).text).toBe("after all");
    expect((await client.echo({})).text).toBe("after all");
    expect(sessions.size).toBe(2);
  });

  test("A call that is given up, by hand or by its deadline, is reset with CANCEL.", async () => {
    const giving = new AbortController();
    let heard: (code: number | undefined) => void = () => {};
    const client = await clientOf((stream, { "grpc-timeout": timeout }) => {
      stream.on("close", () => heard(stream.rstCode));
      if (timeout === undefined) giving.abort();
    });
    // By hand first: with a connection at hand, the other call leaves before its time is up.
    for (const options of [{ signal: giving.signal }, { timeoutMs: 100 }]) {
      const closed = new Promise((resolve) => (heard = resolve));
      const { code } = await errorOf(client.echo({}, options));
      expect([code, await closed]).toEqual(["timeoutMs" in options ? "deadline_exceeded" : "canceled", 8]);
    }
  });
});
