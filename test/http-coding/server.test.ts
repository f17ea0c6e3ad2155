import { deflateRawSync, deflateSync, gunzipSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { decodingServer } from "../../src/transports/http-coding.js";
import type { HttpIn, HttpOut, HttpRequest } from "../../src/wires/http.js";
import { OK } from "../../src/call/status.js";
import { Hearing, requestWith, Saying } from "./recorded.js";

const MAX = 100_000;
const TEXT = "a body that is said again and again, ".repeat(300);
const ENOUGH = { status: 200, fields: [["content-type", "text/xml"]] } as const;

/** One exchange with a wire that only listens. */
interface Exchange {
  readonly wire: Hearing;
  /** How the wire answers, and which request it was given. */
  readonly out: HttpOut;
  readonly request: HttpRequest;
  /** What the transport tells, and what it is told. */
  readonly in: HttpIn;
  readonly said: Saying;
}

function exchange(request: HttpRequest, options: { maxMessageBytes?: number; thresholdBytes?: number } = {}): Exchange {
  const wire = new Hearing();
  const said = new Saying();
  let given: { request: HttpRequest; out: HttpOut } | undefined;
  const serve = decodingServer(
    (request, out) => {
      given = { request, out };
      return wire;
    },
    { maxMessageBytes: MAX, ...options },
  );
  const heard = serve(request, said);
  return { wire, said, in: heard, out: given?.out ?? said, request: given?.request ?? request };
}

function feed({ in: heard }: Exchange, bytes: Uint8Array, chunkBytes = bytes.length): void {
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    // The bytes are the transport's again when `data` returns.
    const chunk = new Uint8Array(bytes.subarray(at, at + chunkBytes));
    heard.data(chunk, { start: 0, end: chunk.length }, at + chunkBytes >= bytes.length);
    chunk.fill(0xaa);
  }
}

const GZIP: HttpRequest["fields"] = [
  ["content-type", "text/xml"],
  ["content-encoding", "gzip"],
  ["content-length", "99"],
];

describe("A request", () => {
  test("without coding is the wire's as it came, and so is the way to answer it", () => {
    const request = requestWith([["accept-encoding", "br"]]);
    const made = exchange(request);
    expect(made.request).toBe(request);
    expect(made.out).toBe(made.said);
    expect(made.in).toBe(made.wire);
  });

  test.each([
    ["gzip", gzipSync(TEXT)],
    ["x-gzip", gzipSync(TEXT)],
    ["deflate", deflateSync(TEXT)],
    ["deflate", deflateRawSync(TEXT)],
  ])("in %s reaches the wire decoded", async (encoding, bytes) => {
    for (const chunkBytes of [bytes.length, 1, 7]) {
      const made = exchange(requestWith([["content-encoding", encoding]]));
      feed(made, bytes, chunkBytes);
      expect(await made.wire.over).toBeUndefined();
      expect(made.wire.body.toString()).toBe(TEXT);
      expect(made.wire.lasts).toBe(1);
    }
  });

  test("in gzip is cut anywhere", async () => {
    const bytes = gzipSync("short");
    await Promise.all(
      Array.from(bytes, async (_byte, cut) => {
        const made = exchange(requestWith(GZIP));
        made.in.data(bytes, { start: 0, end: cut }, false);
        made.in.data(bytes, { start: cut, end: bytes.length }, false);
        made.in.data(bytes, { start: 3, end: 3 }, true);
        expect(await made.wire.over).toBeUndefined();
        expect(made.wire.body.toString()).toBe("short");
      }),
    );
  });

  test("shows the wire nothing of its coding, as the same object each time", () => {
    const request = requestWith(GZIP);
    const seen: HttpRequest[] = [];
    const serve = decodingServer(
      (request) => {
        seen.push(request);
        return new Hearing();
      },
      { maxMessageBytes: MAX },
    );
    for (let count = 0; count < 2; count += 1) serve(request, new Saying());
    expect(seen[0]).toMatchObject({ method: "POST", path: "/", fields: [["content-type", "text/xml"]] });
    expect(seen[1]).toBe(seen[0]);
  });

  test("without a body has none, whatever it says", async () => {
    const made = exchange(requestWith(GZIP));
    made.in.data(new Uint8Array(0), { start: 0, end: 0 }, true);
    expect(await made.wire.over).toBeUndefined();
    expect(made.wire.body).toHaveLength(0);
  });

  test.each(["br", "gzip, gzip", "zstd"])("in %s is answered with 415 and what is read here", (encoding) => {
    const made = exchange(requestWith([["content-encoding", encoding]]));
    expect(made.said.head_?.status).toBe(415);
    expect(made.said.head_?.fields).toContainEqual(["accept-encoding", "gzip, deflate"]);
    expect(made.in.data(gzipSync("x"), { start: 0, end: 10 }, false)).toBe(true);
    made.in.room();
    made.in.reset(OK);
  });

  test.each([
    ["cut short", gzipSync(TEXT).subarray(0, -9)],
    ["of one byte", Uint8Array.of(0x1f)],
    ["of other bytes", Buffer.from("no gzip at all")],
    ["with a wrong sum", gzipSync(TEXT).map((byte, i, all) => (i === all.length - 6 ? byte ^ 1 : byte))],
    ["with a wrong byte", gzipSync(TEXT).map((byte, i) => (i === 40 ? byte ^ 0xff : byte))],
  ])("in gzip that is %s is answered with 400", async (_what, bytes) => {
    const made = exchange(requestWith(GZIP));
    feed(made, bytes, 16);
    await made.said.over;
    expect(made.said.head_?.status).toBe(400);
    expect(made.wire.resets).toMatchObject([{ code: "invalid_argument" }]);
    expect(made.wire.lasts).toBe(0);
  });

  test("of random bytes ends in 400 and never throws", async () => {
    let state = 7;
    const byte = (): number => (state = (Math.imul(state, 1103515245) + 12345) >>> 0) >>> 24;
    await Promise.all(
      Array.from({ length: 100 }, async (_, count) => {
        const encoding = count % 2 === 0 ? "gzip" : "deflate";
        const made = exchange(requestWith([["content-encoding", encoding]]));
        // A deflate block may by chance be one.
        feed(made, Uint8Array.from({ length: 40 }, byte), 1 + (count % 9));
        await Promise.race([made.said.over, made.wire.over]);
        expect(made.said.head_?.status ?? 400).toBe(400);
      }),
    );
  });

  test("of 10 kB that are 10 MB is answered with 413 at once, and little of it is made", async () => {
    const bytes = gzipSync(Buffer.alloc(10_000_000));
    expect(bytes.length).toBeLessThan(11_000);
    const made = exchange(requestWith(GZIP));
    // The rest never comes: the answer does not wait for it.
    made.in.data(bytes, { start: 0, end: bytes.length - 1000 }, false);
    await made.said.over;
    expect(made.said.head_?.status).toBe(413);
    expect(made.said.body?.toString()).toBe(`A body may have ${MAX} bytes when decoded, and this one has more.\n`);
    expect(made.wire.body.length).toBeLessThanOrEqual(MAX);
    expect(made.wire.resets).toMatchObject([{ code: "resource_exhausted" }]);
    // What the wire says of its call's end is not said twice.
    made.out.respond(ENOUGH, "too late");
    expect(made.said.head_?.status).toBe(413);
  });

  test("of exactly the limit is heard", async () => {
    const made = exchange(requestWith(GZIP));
    feed(made, gzipSync(Buffer.alloc(MAX)));
    expect(await made.wire.over).toBeUndefined();
    expect(made.wire.body).toHaveLength(MAX);
  });

  test("that breaks when the answer has begun resets the exchange", async () => {
    const made = exchange(requestWith(GZIP));
    made.out.head(ENOUGH);
    feed(made, Buffer.from("no gzip at all"));
    await made.said.over;
    expect(made.said.resets).toMatchObject([{ code: "invalid_argument" }]);
  });

  test("is decoded no faster than the wire takes it, and taken no faster than it is decoded", async () => {
    const body = Buffer.alloc(90_000);
    for (let i = 0; i < body.length; i += 1) body[i] = (i * 7919) % 251;
    // Stored and not compressed, so that there is much of both.
    const bytes = gzipSync(body, { level: 0 });
    const made = exchange(requestWith(GZIP));
    made.wire.reluctant = true;
    let refused = 0;
    for (let at = 0; at < bytes.length; at += 5000) {
      const end = Math.min(at + 5000, bytes.length);
      const last = end === bytes.length;
      if (made.in.data(bytes, { start: at, end }, last)) continue;
      refused += 1;
      const resumed = made.said.resumed();
      let more = true;
      void resumed.then(() => (more = false));
      while (more) {
        made.out.resume();
        await new Promise(setImmediate);
      }
    }
    const { length } = made.wire.body;
    for (let turn = 0; turn < 10; turn += 1) await new Promise(setImmediate);
    expect(made.wire.body.length - length).toBeLessThanOrEqual(65_536);
    while (made.wire.lasts === 0) {
      made.out.resume();
      await new Promise(setImmediate);
    }
    expect(refused).toBeGreaterThan(0);
    expect(made.wire.body.equals(body)).toBe(true);
  });

  test("that is reset tells the wire, once, and nothing follows", async () => {
    const made = exchange(requestWith(GZIP));
    feed(made, gzipSync(TEXT));
    made.in.reset({ ...OK, code: "canceled", message: "gone" });
    for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
    expect(made.wire.resets).toHaveLength(1);
    expect(made.wire.lasts).toBe(0);
    made.out.respond(ENOUGH, TEXT);
    made.out.reset(OK);
    expect(made.said.head_).toBeUndefined();
    expect(made.said.resets).toEqual([]);
  });

  test("that is answered early is heard no further", async () => {
    const made = exchange(requestWith(GZIP));
    const bytes = gzipSync(TEXT);
    made.out.respond(ENOUGH, "no, thank you");
    expect(made.in.data(bytes, { start: 0, end: bytes.length }, true)).toBe(true);
    for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
    expect(made.wire.body).toHaveLength(0);
    expect(made.said.body?.toString()).toBe("no, thank you");
  });
});

const TAKES = requestWith([["accept-encoding", "deflate, gzip"]]);

describe("An answer", () => {
  test.each([TEXT, Buffer.from(TEXT)])("of some length leaves in gzip", async (body) => {
    const made = exchange(TAKES);
    made.out.respond(ENOUGH, body);
    // The body is the wire's again.
    if (typeof body !== "string") body.fill(0);
    await made.said.over;
    expect(made.said.head_).toEqual({
      status: 200,
      fields: [
        ["content-type", "text/xml"],
        ["content-encoding", "gzip"],
        ["vary", "accept-encoding"],
      ],
    });
    expect(gunzipSync(made.said.body ?? "").toString()).toBe(TEXT);
  });

  test("has the same head each time", async () => {
    const one = exchange(TAKES);
    const other = exchange(TAKES);
    one.out.respond(ENOUGH, TEXT);
    other.out.respond(ENOUGH, TEXT);
    await Promise.all([one.said.over, other.said.over]);
    expect(one.said.head_).toBe(other.said.head_);
  });

  test.each([
    ["of 1399 bytes", TAKES, ENOUGH, "x".repeat(1399)],
    ["of no bytes", TAKES, { status: 204, fields: [] }, ""],
    ["that is in a coding already", TAKES, { status: 200, fields: [["content-encoding", "br"]] as const }, TEXT],
    ["to a client that takes none", requestWith([]), ENOUGH, TEXT],
    ["to a client that refuses it", requestWith([["accept-encoding", "gzip;q=0"]]), ENOUGH, TEXT],
  ])("%s is left alone, and at once", (_what, request, head, body) => {
    const made = exchange(request);
    made.out.respond(head, body);
    expect(made.said.head_).toBe(head);
    expect(made.said.body?.toString()).toBe(body);
  });

  test.each([
    [1399, 1400, false],
    [1400, 1400, true],
    [10, 10, true],
  ])("of %i bytes, where the threshold is %i, is compressed: %s", async (length, thresholdBytes, compressed) => {
    const made = exchange(TAKES, { thresholdBytes });
    made.out.respond(ENOUGH, "é".repeat(length / 2).padEnd(length - Math.floor(length / 2), "x"));
    await made.said.over;
    expect(made.said.head_ !== ENOUGH).toBe(compressed);
  });

  test("in pieces is left alone", () => {
    const made = exchange(TAKES);
    made.out.head(ENOUGH);
    expect(made.out.data("piece", false)).toBe(false);
    made.in.room();
    made.out.data(TEXT, true);
    made.out.data("too late", true);
    expect(made.said.head_).toBe(ENOUGH);
    expect(made.said.pieces).toEqual(["piece", TEXT]);
    expect(made.wire.rooms).toBe(1);
  });

  test("is not sent where the exchange was reset meanwhile, and the wire hears nothing of that", async () => {
    const made = exchange(TAKES);
    made.out.respond(ENOUGH, TEXT);
    made.in.reset({ ...OK, code: "canceled" });
    // As much later as another answer takes.
    const other = exchange(TAKES);
    other.out.respond(ENOUGH, TEXT);
    await other.said.over;
    for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
    expect(made.said.head_).toBeUndefined();
    expect(made.wire.resets).toEqual([]);
  });

  test("may be given before the request is handed over", async () => {
    const said = new Saying();
    const serve = decodingServer(
      (_request, out) => {
        out.respond(ENOUGH, TEXT);
        return new Hearing();
      },
      { maxMessageBytes: MAX },
    );
    serve(requestWith([...GZIP, ["accept-encoding", "gzip"]]), said);
    await said.over;
    expect(gunzipSync(said.body ?? "").toString()).toBe(TEXT);
  });
});
