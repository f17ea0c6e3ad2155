import { brotliCompressSync, gunzipSync, gzipSync } from "node:zlib";
import { describe, expect, test, vi } from "vitest";
import { enveloped } from "../../src/bytes/enveloped.js";
import { Outsider } from "../port/outsider.js";
import { type Answer, asked, envelopes, json, jsonEnvelopes, type Version, VERSIONS } from "./asked.js";
import { served, type Served } from "./served.js";

const COUNT = "/echo.v1.EchoService/Count";
const SUM = "/echo.v1.EchoService/Sum";
const CHAT = "/echo.v1.EchoService/Chat";
const STREAM = { "content-type": "application/connect+json" };

/** Values, each in an envelope. */
function said(...values: readonly unknown[]): Buffer {
  return Buffer.concat(values.map((value) => enveloped(0, Buffer.from(JSON.stringify(value)))));
}

function streamed(
  { address }: Served,
  version: Version,
  { path = CHAT, headers = {}, body }: { path?: string; headers?: Record<string, string>; body: Uint8Array },
): Promise<Answer> {
  return asked(address, version, { path, headers: { ...STREAM, ...headers }, body });
}

/** The code of the error at an answer's end. */
function codeIn(answer: Answer): unknown {
  const [flags, end] = jsonEnvelopes(answer).at(-1) ?? [];
  expect(flags).toBe(2);
  return (end as { error?: { code?: unknown } }).error?.code; // an EndStreamResponse
}

describe.each(VERSIONS)("A stream over %s", (version) => {
  test("of answers has messages, and an end with trailers.", async () => {
    const answer = await streamed(await served(), version, { path: COUNT, body: said({ to: 2 }) });
    expect(answer).toMatchObject({ status: 200, headers: { ...STREAM, "x-head": "counts" } });
    expect(jsonEnvelopes(answer)).toEqual([
      [0, { n: 1 }],
      [0, { n: 2 }],
      [2, { metadata: { "x-end": ["counted"] } }],
    ]);
  });

  test("of requests has one answer.", async () => {
    const answer = await streamed(await served(), version, { path: SUM, body: said({ n: 1 }, { n: "2" }, { n: 3 }) });
    expect(jsonEnvelopes(answer)).toEqual([
      [0, { sum: "6" }],
      [2, {}],
    ]);
    const none = await streamed(await served(), version, { path: SUM, body: Buffer.of() });
    expect(jsonEnvelopes(none)).toEqual([
      [0, {}],
      [2, {}],
    ]);
  });

  test("each way is answered message by message.", async () => {
    const texts = Array.from({ length: 300 }, (_, n) => ({ text: `text ${n}` }));
    const answer = await streamed(await served(), version, { body: said(...texts) });
    expect(jsonEnvelopes(answer)).toEqual([...texts.map((text) => [0, text]), [2, {}]]);
  });

  test("may be in protobuf's format.", async () => {
    const headers = { "content-type": "application/connect+proto" };
    const body = enveloped(0, Uint8Array.of(8, 2));
    const answer = await streamed(await served(), version, { path: COUNT, headers, body });
    expect(envelopes(answer).map(([flags, bytes]) => [flags, ...bytes.slice(0, 2)])).toEqual([
      [0, 8, 1],
      [0, 8, 2],
      [2, 0x7b, 0x22],
    ]);
  });

  test("that fails says so at its end, after what was said before.", async () => {
    const answer = await streamed(await served(), version, { body: said({ text: "a" }, { text: "fail" }) });
    expect(answer.status).toBe(200);
    expect(jsonEnvelopes(answer)).toMatchObject([
      [0, { text: "a" }],
      [2, { error: { code: "aborted", message: "That is enough.", details: [{ debug: "why" }] } }],
    ]);
  });

  test.each([
    ["/echo.v1.EchoService/Nothing", {}, said({}), "unimplemented"],
    [CHAT, { "connect-timeout-ms": "soon" }, said({}), "invalid_argument"],
    [CHAT, { "connect-protocol-version": "7" }, said({}), "invalid_argument"],
    [CHAT, { "connect-content-encoding": "snappy" }, said({}), "unimplemented"],
    [CHAT, {}, said(7), "invalid_argument"],
    [CHAT, {}, enveloped(1, gzipSync("{}")), "internal"],
    [CHAT, { "connect-content-encoding": "identity" }, enveloped(1, gzipSync("{}")), "internal"],
    [CHAT, { "connect-content-encoding": "gzip" }, enveloped(1, Buffer.from("{}")), "internal"],
    [CHAT, {}, enveloped(2, Buffer.from("{}")), "internal"],
    [CHAT, {}, enveloped(128, Buffer.from("{}")), "internal"],
    [COUNT, {}, said({ to: 1 }, { to: 2 }), "unimplemented"],
  ])("to %s with %j ends in an error.", async (path, headers, body, code) => {
    const answer = await streamed(await served(), version, { path, headers, body });
    expect([answer.status, codeIn(answer)]).toEqual([200, code]);
  });

  test("that ends within a message is refused, wherever that is.", async () => {
    const host = await served();
    const body = said({ text: "a" });
    const answers = Array.from({ length: body.length - 1 }, (_, cut) =>
      streamed(host, version, { body: body.subarray(0, cut + 1) }),
    );
    for (const answer of await Promise.all(answers)) expect(codeIn(answer)).toBe("internal");
  });

  test("may not be used for single messages, nor they for it.", async () => {
    const host = await served();
    const unary = await streamed(host, version, { path: "/echo.v1.EchoService/Echo", body: said({}) });
    expect([unary.status, (json(unary) as { code: string }).code]).toEqual([415, "unimplemented"]); // an Error
    const stream = await asked(host.address, version, { path: SUM, body: "{}" });
    expect(stream.status).toBe(415);
    expect(host.seen).toEqual([]);
  });

  test("may have messages in gzip and br, each or some.", async () => {
    for (const [coding, code] of [
      ["gzip", gzipSync],
      ["br", brotliCompressSync],
    ] as const) {
      const body = Buffer.concat([enveloped(1, code(Buffer.from('{"text":"a"}'))), said({ text: "b" })]);
      const answer = await streamed(await served(), version, { headers: { "connect-content-encoding": coding }, body });
      expect(jsonEnvelopes(answer)).toEqual([
        [0, { text: "a" }],
        [0, { text: "b" }],
        [2, {}],
      ]);
    }
  });

  test("is answered in gzip where the server does that and the caller reads it.", async () => {
    const text = "long ".repeat(1000);
    const host = await served({ sendCompression: "gzip" });
    const body = said({ text }, { text: "short" });
    const answer = await streamed(host, version, { headers: { "connect-accept-encoding": "br, gzip" }, body });
    expect(answer.headers).toMatchObject({ "connect-content-encoding": "gzip" });
    const [long, short, end] = envelopes(answer);
    expect([long?.[0], short?.[0], end?.[0]]).toEqual([1, 0, 2]);
    expect(JSON.parse(gunzipSync(long?.[1] ?? "").toString())).toEqual({ text });
    const plain = await streamed(host, version, { headers: { "connect-accept-encoding": "br" }, body });
    expect(plain.headers["connect-content-encoding"]).toBeUndefined();
  });

  test("has a limit on each message, compressed or not, and none on their sum.", async () => {
    const host = await served({ maxMessageBytes: 1000 });
    const texts = Array.from({ length: 20 }, () => ({ text: "x".repeat(900) }));
    expect(jsonEnvelopes(await streamed(host, version, { body: said(...texts) })).length).toBe(21);
    const long = await streamed(host, version, { body: said({ text: "x".repeat(1000) }) });
    expect(codeIn(long)).toBe("resource_exhausted");
    const headers = { "connect-content-encoding": "gzip" };
    const bomb = enveloped(1, gzipSync(Buffer.alloc(900_000)));
    expect(codeIn(await streamed(host, version, { headers, body: bomb }))).toBe("resource_exhausted");
    const announced = await streamed(host, version, { body: Uint8Array.of(0, 255, 255, 255, 255) });
    expect(codeIn(announced)).toBe("resource_exhausted");
  });

  test("of random bytes ends in an error, and the server goes on.", async () => {
    const host = await served();
    let state = 20_260_707;
    const noise = (): Uint8Array =>
      Uint8Array.from({ length: 40 }, () => (state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0) >>> 24);
    const answers = await Promise.all(Array.from({ length: 50 }, () => streamed(host, version, { body: noise() })));
    for (const answer of answers)
      expect(["invalid_argument", "resource_exhausted", "internal"]).toContain(codeIn(answer));
    const types = ["application/json", "application/proto", "application/json;x"];
    const unary = types.flatMap((type) =>
      Array.from({ length: 10 }, () =>
        asked(host.address, version, {
          path: SUM.replace("Sum", "Echo"),
          headers: { "content-type": type },
          body: noise(),
        }),
      ),
    );
    for (const { status } of await Promise.all(unary)) expect([200, 400]).toContain(status);
    expect(jsonEnvelopes(await streamed(host, version, { body: said({ text: "x" }) }))[0]).toEqual([0, { text: "x" }]);
  });
});

describe("Over HTTP/1.1", () => {
  const HEAD = `POST ${CHAT} HTTP/1.1\r\nhost: a\r\ncontent-type: application/connect+json\r\ntransfer-encoding: chunked\r\n\r\n`;

  function chunk(bytes: Uint8Array): Buffer {
    return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from("\r\n")]);
  }

  test("a stream each way is answered while it goes on, and its bytes may come one by one.", async () => {
    const { address } = await served();
    const peer = await Outsider.to(address);
    peer.say(HEAD);
    for (const text of ["a", "b"]) {
      for (const byte of said({ text })) peer.say(chunk(Uint8Array.of(byte)));
      await peer.until(new RegExp(`\\{"text":"${text}"\\}`, "u"));
    }
    peer.say("0\r\n\r\n");
    await peer.until(/\{\}\r\n0\r\n\r\n$/u);
    peer.say(`${HEAD}0\r\n\r\n`);
    await peer.until(/^HTTP\/1\.1 200 OK\r\n/u);
  });

  test("a stream may take longer than a request of one message.", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    try {
      const { address } = await served({ requestTimeoutMs: 2000 });
      const peer = await Outsider.to(address);
      peer.say(HEAD);
      peer.say(chunk(said({ text: "a" })));
      await peer.until(/\{"text":"a"\}/u);
      vi.advanceTimersByTime(10_000);
      peer.say(chunk(said({ text: "b" })));
      await peer.until(/\{"text":"b"\}/u);
      const slow = await Outsider.to(address);
      slow.say(HEAD.replace("connect+json", "json"));
      slow.say(chunk(Buffer.from("{")));
      await new Promise(setImmediate);
      while (!slow.ended) {
        vi.advanceTimersByTime(500);
        await new Promise(setImmediate);
      }
      expect(slow.text).toMatch(/^HTTP\/1\.1 408 /u);
    } finally {
      vi.useRealTimers();
    }
  });

  test("a stream may say how long it is, beyond the limit of a message.", async () => {
    const { address } = await served({ maxMessageBytes: 100 });
    const peer = await Outsider.to(address);
    const body = said(...Array.from({ length: 20 }, () => ({ text: "x".repeat(50) })));
    peer.say(HEAD.replace("transfer-encoding: chunked", `content-length: ${body.length}`));
    peer.say(body);
    await peer.until(/\{\}\r\n0\r\n\r\n$/u);
  });

  test("what comes after an early end does not cost the next call its answer.", async () => {
    const { address } = await served();
    const peer = await Outsider.to(address);
    peer.say(HEAD);
    peer.say(chunk(said({ text: "fail" })));
    await peer.until(/"aborted"[^]*\]\}\}$/u);
    peer.say(chunk(said({ text: "late" })));
    peer.say(`0\r\n\r\n${HEAD}0\r\n\r\n`);
    await peer.until(/^HTTP\/1\.1 200 OK\r\n[^]*\{\}$/u);
  });
});
