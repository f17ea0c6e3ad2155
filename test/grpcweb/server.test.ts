import { connect, type Socket } from "node:net";
import { gzipSync } from "node:zlib";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { enveloped } from "../../src/bytes/enveloped.js";
import { readDetails } from "../../src/wires/grpc/details.js";
import { message, saying } from "../grpc/message.js";
import { served, type Served } from "../grpc/served.js";
import { type Answer, asked, asked2, type Asking } from "./raw-call.js";

const CHAT = "/echo.v1.EchoService/Chat";

/** Both versions of HTTP. */
const VERSIONS: readonly (readonly [string, (host: Served, asking?: Asking) => Promise<Answer>])[] = [
  ["HTTP/1.1", ({ origin }, asking) => asked(origin, asking)],
  ["HTTP/2", ({ client }, asking) => asked2(client, asking)],
];

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");

describe.each(VERSIONS)("Over %s a call", (_, ask) => {
  test.each(["application/grpc-web", "application/grpc-web+proto"])(
    "in %s is answered by messages, and trailers in the body.",
    async (type) => {
      const answer = await ask(await served(), { type, body: message("hello") });
      expect(answer).toMatchObject({ http: 200, texts: ["hello"], trailers: { "grpc-status": "0" } });
      expect(answer.fields["content-type"]).toBe(type);
      expect(answer.fields["grpc-status"]).toBeUndefined();
    },
  );

  test.each(["application/grpc-web-text", "application/grpc-web-text+proto"])(
    "in %s is answered in base64.",
    async (type) => {
      const answer = await ask(await served(), { type, body: base64(message("hello")) });
      expect(answer).toMatchObject({ http: 200, texts: ["hello"], trailers: { "grpc-status": "0" } });
      expect(answer.fields["content-type"]).toBe(type);
      expect(answer.body.toString("latin1")).toMatch(/^[A-Za-z0-9+/=]+$/u);
    },
  );

  test("is answered in the form that it accepts.", async () => {
    const host = await served();
    const text = await ask(host, { body: message("a"), fields: { accept: "application/grpc-web-text" } });
    expect(text).toMatchObject({ texts: ["a"], fields: { "content-type": "application/grpc-web-text" } });
    const type = "application/grpc-web-text";
    const bytes = await ask(host, { type, body: base64(message("b")), fields: { accept: "application/grpc-web" } });
    expect(bytes).toMatchObject({ texts: ["b"], fields: { "content-type": "application/grpc-web" } });
  });

  test("may have JSON for messages.", async () => {
    const body = enveloped(0, Buffer.from('{"text":"hi"}'));
    const answer = await ask(await served(), { type: "application/grpc-web+json", body });
    expect(answer).toMatchObject({ texts: ['{"text":"hi"}'], status: "0" });
  });

  test("has metadata both ways, and a deadline.", async () => {
    const host = await served();
    const fields = { "x-asked": "a", "x-grpc-web": "1", "grpc-timeout": "10S" };
    const answer = await ask(host, { body: message("meta"), fields });
    expect(answer).toMatchObject({ texts: ["true"], fields: { "x-head": "a" }, trailers: { "x-end": "yes" } });
    expect((await ask(host, { body: message("hang"), fields: { "grpc-timeout": "20m" } })).status).toBe("4");
    while (host.seen.length < 2) await new Promise(setImmediate);
    expect(host.seen).toEqual(["hangs", "deadline_exceeded"]);
  });

  test("that fails before any message is a head alone.", async () => {
    const { http, fields, texts, body } = await ask(await served(), { body: message("fail") });
    expect({ http, texts, length: body.length }).toEqual({ http: 200, texts: [], length: 0 });
    expect(fields).toMatchObject({
      "content-type": "application/grpc-web",
      "grpc-status": "5",
      "grpc-message": "No such %C3%BC.",
      "x-end": "failed",
    });
    expect(readDetails(fields["grpc-status-details-bin"] ?? "")).toEqual([{ a: 1 }]);
  });

  test("that fails after messages says so in its trailers, as bytes and as text.", async () => {
    const host = await served();
    const body = Buffer.concat(["a", "b", "fail"].map(message));
    for (const asking of [{ body }, { body: base64(body), type: "application/grpc-web-text" }]) {
      const answer = await ask(host, { ...asking, path: CHAT });
      expect(answer.texts).toEqual(["a", "b"]);
      expect(answer.trailers).toMatchObject({ "grpc-status": "10", "grpc-message": "That is enough." });
    }
  });

  test("may have several padded texts in a row.", async () => {
    const body = ["a", "bc", "def", "ghij"].map((text) => base64(message(text))).join("");
    const answer = await ask(await served(), { path: CHAT, type: "application/grpc-web-text", body });
    expect(answer).toMatchObject({ texts: ["a", "bc", "def", "ghij"], status: "0" });
  });

  test("whose text is no base64, or ends within a group, is refused with 400, and the next is answered.", async () => {
    const host = await served();
    const text = base64(message("hello"));
    for (const body of [`${text}!`, text.slice(0, -3), "=", "\u0000", `${text} `]) {
      const answer = await ask(host, { type: "application/grpc-web-text", body });
      expect(answer.http).toBe(400);
      expect(answer.body.toString()).toMatch(/^The request is sent as text, and is no base64.*\.\n$/u);
    }
    expect((await ask(host, { body: message("x") })).status).toBe("0");
  });

  test("may be compressed, and is refused with 12 where nobody knows how.", async () => {
    const host = await served();
    const squeezed = enveloped(1, gzipSync(saying("squeezed")));
    const answer = await ask(host, { body: squeezed, fields: { "grpc-encoding": "gzip" } });
    expect(answer).toMatchObject({ texts: ["squeezed"], status: "0" });
    expect((await ask(host, { body: squeezed, fields: { "grpc-encoding": "snappy" } })).status).toBe("12");
    expect((await ask(host, { body: squeezed })).status).toBe("13");
  });

  test("with trailers of its own is refused with 13, and so is one that is cut short.", async () => {
    const host = await served();
    const trailers = enveloped(0x80, Buffer.from("a: b\r\n"));
    expect((await ask(host, { body: Buffer.concat([message("a"), trailers]), path: CHAT })).status).toBe("13");
    for (const length of [1, 5, 8])
      expect((await ask(host, { body: message("hello").subarray(0, length) })).status).toBe("13");
  });

  test("with a message that is too long is refused with 8; all messages together may be longer.", async () => {
    const host = await served({ maxMessageBytes: 1000 });
    expect((await ask(host, { body: message("x".repeat(1000)) })).status).toBe("8");
    const texts = Array.from({ length: 50 }, (_, n) => `${n}`.padEnd(900, "x"));
    const body = Buffer.concat(texts.map(message));
    expect(await ask(host, { body, path: CHAT })).toMatchObject({ texts, status: "0" });
    const type = "application/grpc-web-text";
    expect(await ask(host, { body: base64(body), type, path: CHAT })).toMatchObject({ texts, status: "0" });
  });

  test("to no method is refused with 12, and one in another type with 415.", async () => {
    const host = await served();
    expect((await ask(host, { path: "/echo.v1.EchoService/Nothing", body: message("x") })).status).toBe("12");
    expect((await ask(host, { type: "application/grpc-web+thrift", body: message("x") })).http).toBe(415);
  });

  test("of random bytes is answered with an error, as bytes and as text, and the next is answered.", async () => {
    const host = await served();
    let state = 20_261_123;
    const noise = (): Uint8Array =>
      Uint8Array.from({ length: 40 }, () => (state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0) >>> 24);
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, n) =>
        n % 2 === 0
          ? ask(host, { body: noise() })
          : ask(host, { body: base64(noise()), type: "application/grpc-web-text" }),
      ),
    );
    for (const { status } of answers) expect(["3", "8", "12", "13"]).toContain(status);
    expect((await ask(host, { body: message("x") })).status).toBe("0");
  });
});

describe("Over HTTP/1.1", () => {
  test.each([
    ["application/grpc-web", (bytes: Uint8Array) => Buffer.from(bytes)],
    ["application/grpc-web-text", (bytes: Uint8Array) => Buffer.from(base64(bytes))],
  ])("a stream in %s is answered while it goes on, wherever its bytes are cut.", async (type, written) => {
    const { origin } = await served();
    const peer = connect(Number(new URL(origin).port), "127.0.0.1");
    onTestFinished(() => void peer.destroy());
    const heard = listening(peer);
    peer.write(`POST ${CHAT} HTTP/1.1\r\nhost: a\r\ncontent-type: ${type}\r\ntransfer-encoding: chunked\r\n\r\n`);
    for (const text of ["one", "two", "three"]) {
      for (const byte of written(message(text))) peer.write(Buffer.from([0x31, 13, 10, byte, 13, 10]));
      await heard(written(enveloped(0, saying(text))).toString("latin1"));
    }
    peer.write("0\r\n\r\n");
    await heard(written(enveloped(0x80, Buffer.from("grpc-status: 0\r\n"))).toString("latin1"));
    await heard("\r\n0\r\n\r\n");
  });

  test("a caller that leaves is heard of by the method.", async () => {
    const host = await served();
    const peer = connect(Number(new URL(host.origin).port), "127.0.0.1");
    const body = message("hang");
    peer.write(`POST /echo.v1.EchoService/Echo HTTP/1.1\r\nhost: a\r\ncontent-type: application/grpc-web\r\n`);
    peer.write(`content-length: ${body.length}\r\n\r\n`);
    peer.write(body);
    while (host.seen.length === 0) await new Promise(setImmediate);
    peer.resetAndDestroy();
    while (host.seen.length === 1) await new Promise(setImmediate);
    expect(host.seen[1]).toMatch(/^(?:canceled|unavailable)$/u);
    expect((await asked(host.origin, { body: message("x") })).status).toBe("0");
  });

  test("a stream may take longer than a request of one message.", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    onTestFinished(() => void vi.useRealTimers());
    const { origin } = await served({ requestTimeoutMs: 2000 });
    const peer = connect(Number(new URL(origin).port), "127.0.0.1");
    onTestFinished(() => void peer.destroy());
    const heard = listening(peer);
    peer.write(
      `POST ${CHAT} HTTP/1.1\r\nhost: a\r\ncontent-type: application/grpc-web\r\ntransfer-encoding: chunked\r\n\r\n`,
    );
    for (const byte of message("a")) peer.write(Buffer.from([0x31, 13, 10, byte, 13, 10]));
    await heard("a");
    vi.advanceTimersByTime(10_000);
    peer.write("0\r\n\r\n");
    await heard("grpc-status: 0\r\n");
  });
});

/** Waits until a peer has said something, from where it was heard before. */
function listening(peer: Socket): (what: string) => Promise<void> {
  let text = "";
  peer.setEncoding("latin1").on("data", (piece: string) => (text += piece));
  return async (what) => {
    while (!text.includes(what)) await new Promise((resolve) => peer.once("data", resolve));
    text = text.slice(text.indexOf(what) + what.length);
  };
}
