import { describe, expect, test } from "vitest";
import { newCounters } from "../../src/link/counters.js";
import type { Abuse } from "../../src/transports/http2/abuse.js";
import { FLAG, FRAME } from "../../src/transports/http2/frame.js";
import { Echo } from "./echo.js";
import {
  block,
  data,
  type Field,
  frame,
  headers,
  numbers,
  POST,
  PREFACE,
  type RawFrame,
  RawHttp2,
  request,
  reset,
  settings,
  windowUpdate,
} from "./raw-http2.js";
import { quiet, served } from "./served.js";
import type { HttpServe } from "../../src/wires/http.js";

/** So many times something, as one array of bytes. `n` counts from 0. */
function many(count: number, make: (n: number) => Uint8Array): Buffer {
  return Buffer.concat(Array.from({ length: count }, (_, n) => make(n)));
}

const odd = (n: number): number => n * 2 + 1;
const ping = frame(FRAME.ping, {}, Buffer.alloc(8));
const BLOCK = block(POST);

/** What a connection may not go on doing, and by which a peer is known to mean harm. */
const FLOODS: readonly (readonly [what: string, kind: Abuse, bytes: () => Buffer])[] = [
  ["requests that are taken back at once", "resets", () => many(2000, (n) => Buffer.concat([request(odd(n), "/hang"), reset(odd(n), "CANCEL")]))],
  ["calls taken back that were never made", "resets", () => Buffer.concat([request(1, "/echo"), many(2000, (n) => reset(odd(n) + 2, "CANCEL"))])],
  ["windows made larger by nothing, on streams of their own", "resets", () => many(2000, (n) => Buffer.concat([headers(odd(n), POST), windowUpdate(odd(n), 0)]))],
  ["windows made too large, on streams of their own", "resets", () => many(2000, (n) => Buffer.concat([headers(odd(n), POST), windowUpdate(odd(n), 0x7fff_ffff)]))],
  ["data after the end of its request", "resets", () => many(2000, (n) => Buffer.concat([request(odd(n), "/hang"), data(odd(n), "x")]))],
  ["heads after the end of their requests", "resets", () => many(2000, (n) => Buffer.concat([request(odd(n), "/hang"), request(odd(n), "/hang")]))],
  ["bodies that are longer than they say", "resets", () => many(2000, (n) => Buffer.concat([headers(odd(n), [...POST, ["content-length", "1"]]), data(odd(n), "xx")]))],
  ["priorities of a wrong length", "resets", () => Buffer.concat([request(1, "/hang"), many(2000, () => frame(FRAME.priority, { id: 1 }, numbers(1)))])],
  ["malformed requests", "resets", () => many(2000, (n) => headers(odd(n), [[":method", "GET"]], { end: true }))],
  ["settings", "echoes", () => many(5000, () => settings([3, 100]))],
  ["acknowledgements of settings", "empties", () => many(10_000, () => frame(FRAME.settings, { flags: FLAG.ack }))],
  ["settings that change the windows of all streams", "echoes", () => Buffer.concat([many(50, (n) => request(odd(n), "/hang")), many(5000, (n) => settings([4, n % 2]))])],
  ["settings that change the size of the table", "echoes", () => many(5000, (n) => Buffer.concat([settings([1, n % 2 === 0 ? 0 : 4096]), request(odd(n), "/echo")]))],
  ["pings", "echoes", () => many(5000, () => ping)],
  ["answers to pings that nobody sent", "empties", () => many(10_000, () => frame(FRAME.ping, { flags: FLAG.ack }, Buffer.alloc(8)))],
  ["empty data", "empties", () => Buffer.concat([headers(1, POST), many(10_000, () => data(1, ""))])],
  ["data of padding alone", "empties", () => Buffer.concat([headers(1, POST), many(10_000, () => frame(FRAME.data, { flags: FLAG.padded, id: 1 }, Buffer.from([0])))])],
  ["windows made larger by little", "empties", () => many(10_000, () => windowUpdate(0, 1))],
  ["windows of closed streams made larger by little", "empties", () => Buffer.concat([request(1, "/echo"), many(10_000, () => windowUpdate(1, 1))])],
  ["priorities", "empties", () => many(10_000, () => frame(FRAME.priority, { id: 1 }, Buffer.alloc(5)))],
  ["frames of no known type", "empties", () => many(10_000, () => frame(0x42, { id: 1 }))],
  ["goodbyes", "empties", () => many(10_000, () => frame(FRAME.goaway, {}, numbers(0, 0)))],
  ["continuations of nothing", "blocks", () => Buffer.concat([frame(FRAME.headers, { id: 1 }, BLOCK), many(1000, () => frame(FRAME.continuation, { id: 1 }))])],
  ["continuations without an end", "blocks", () => Buffer.concat([frame(FRAME.headers, { id: 1 }, BLOCK), many(20, () => frame(FRAME.continuation, { id: 1 }, many(100, () => block([["x", "y".repeat(100)]]))))])],
]; // prettier-ignore

describe("A peer that means harm", () => {
  test.each(FLOODS)("is cut off when it sends too many of: %s", async (_what, kind, bytes) => {
    const echo = new Echo();
    const { port, logged, counters } = await served(echo.serve);
    const other = await RawHttp2.to(port);
    const peer = await RawHttp2.to(port);
    peer.write(bytes());
    expect(await peer.goodbye()).toBe("ENHANCE_YOUR_CALM");
    await peer.closed;
    expect(logged).toHaveLength(1);
    expect(counters.abuse).toEqual({ ...newCounters().abuse, [kind]: 1 });
    other.write(request(1, "/echo", "others go on"));
    expect((await other.answer(1)).body).toBe("others go on");
    other.socket.destroy();
    // Whoever served the calls of the one that was cut off has heard of their end.
    expect(echo.seen.filter((line) => line.startsWith("/hang reset"))).toHaveLength(echo.held.length);
  });

  test("has each of its frames taken, and its calls ended, where it stays within what is allowed", async () => {
    const { port, counters } = await served(new Echo().serve);
    const peer = await RawHttp2.to(port);
    peer.write(
      many(300, (n) => Buffer.concat([request(odd(n), "/hang"), reset(odd(n), "CANCEL")])),
      many(500, () => ping),
      many(1000, () => windowUpdate(0, 1)),
      many(100, () => settings()),
      request(1001, "/echo", "still here"),
    );
    expect((await peer.answer(1001)).body).toBe("still here");
    expect(counters.protocolErrors).toBe(0);
  });

  test("may take back as many calls as it makes in earnest", async () => {
    const { port, counters } = await served(new Echo().serve);
    const peer = await RawHttp2.to(port);
    for (let round = 0, id = 1; round < 20; round += 1) {
      for (let n = 0; n < 100; n += 1, id += 4)
        peer.write(request(id, "/echo", "x"), request(id + 2, "/hang"), reset(id + 2, "CANCEL"));
      await peer.ping();
    }
    expect(counters.protocolErrors).toBe(0);
  });
});

describe("A peer that gives room by a few bytes at a time, as gRPC's C core does", () => {
  // Calls at /early are answered before they have said everything.
  test.each(["/echo", "/early"])("may do so for every call to %s and every piece of its answer", async (path) => {
    const { port, counters } = await served(new Echo().serve, {}, { empties: { burst: 400, perSecond: 0 } });
    const peer = await RawHttp2.to(port);
    for (let id = 1; id < 2000; id += 200) {
      for (let n = id; n < id + 200; n += 2)
        peer.write(windowUpdate(0, 5), request(n, path, "enough"), windowUpdate(n, 5), windowUpdate(0, 5));
      expect((await peer.answer(id + 198)).body).toBe("enough");
    }
    expect(counters.protocolErrors).toBe(0);
  });
});

describe("A peer that pings and never reads", () => {
  test("is not read any more, and costs no more memory than the outlet holds", async () => {
    const echo = new Echo();
    const { port, counters } = await served(echo.serve, {}, { echoes: { burst: 1e9, perSecond: 0 } });
    const peer = await RawHttp2.to(port);
    peer.socket.pause();
    const pings = many(10_000, () => ping);
    let taken = 0;
    for (let n = 0; n < 200 && peer.socket.writableLength < 1_000_000; n += 1) {
      peer.socket.write(pings);
      for (let turn = 0; turn < 3; turn += 1) await new Promise(setImmediate);
      taken = counters.bytesIn;
    }
    // What the system's buffers hold, both ways, and no more.
    expect(peer.socket.writableLength).toBeGreaterThan(500_000);
    expect(taken).toBeLessThan(30_000_000);
    const other = await RawHttp2.to(port);
    other.write(request(1, "/echo", "x"));
    expect((await other.answer(1)).body).toBe("x");
  });

  test("gets few answers at a time where its calls have large ones", async () => {
    let served_ = 0;
    const big = new Uint8Array(1_000_000);
    const { port } = await served((_request, out) => {
      served_ += 1;
      out.respond({ status: 200, fields: [] }, big);
      return { answer() {}, data: () => true, room() {}, reset() {} };
    });
    const peer = await RawHttp2.to(port, [4, 0x7fff_ffff]);
    peer.socket.pause();
    peer.write(
      windowUpdate(0, 0x7fff_0000 - 65_535),
      many(1000, (n) => request(odd(n), "/big")),
    );
    while (served_ === 0) await new Promise(setImmediate);
    for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
    expect(served_).toBeLessThan(20);
    peer.socket.resume();
    while (served_ < 1000 && peer.received < 20_000_000) await new Promise(setImmediate);
    expect(served_).toBeGreaterThan(15);
  });
});

describe("A peer that opens no window", () => {
  const WINDOW = 4;
  const size = 100_000;
  /** Answers each request at once, with much. */
  const large: HttpServe = (_request, out) => {
    out.respond({ status: 200, fields: [] }, new Uint8Array(size));
    return { answer() {}, data: () => true, room() {}, reset() {} };
  };

  test("is refused more once enough waits for it, and others are answered.", async () => {
    const { port } = await served(large, {}, { maxQueuedBytes: size * 5 });
    const peer = await RawHttp2.to(port, [WINDOW, 0]);
    peer.write(many(10, (n) => request(odd(n), "/large")));
    for (let n = 6; n < 10; n += 1) expect(await peer.resetOf(odd(n))).toBe("REFUSED_STREAM");
    const other = await RawHttp2.to(port, [WINDOW, 1_000_000]);
    other.write(windowUpdate(0, 1_000_000), request(1, "/large"));
    expect((await other.answer(1)).body).toHaveLength(size);
    // What waits is still theirs, and makes room for more.
    peer.write(settings([WINDOW, 1_000_000]), windowUpdate(0, 10_000_000));
    for (let n = 0; n < 6; n += 1) expect((await peer.answer(odd(n))).body).toHaveLength(size);
    peer.write(request(odd(10), "/large"));
    expect((await peer.answer(odd(10))).body).toHaveLength(size);
  });

  test("gives up what waits for it with its calls, and with its connection.", async () => {
    const { port, connections } = await served(large, {}, { maxQueuedBytes: size * 5 });
    const peer = await RawHttp2.to(port, [WINDOW, 0]);
    peer.write(many(6, (n) => request(odd(n), "/large")));
    peer.write(many(6, (n) => reset(odd(n), "CANCEL")));
    peer.write(request(odd(6), "/large"));
    await peer.until((each) => each.type === FRAME.headers && each.id === odd(6));
    peer.socket.resetAndDestroy();
    await peer.closed;
    await connections.stop(1000);
  });

  test("but for one byte at a time gets one byte for each frame that it sends, and nobody else has less.", async () => {
    const { port, counters } = await served(large);
    const peer = await RawHttp2.to(port, [WINDOW, 1]);
    peer.write(request(1, "/large"));
    const isData = (each: RawFrame): boolean => each.type === FRAME.data;
    expect((await peer.until(isData)).payload).toHaveLength(1);
    peer.write(many(500, () => windowUpdate(1, 1)));
    for (let n = 0; n < 500; n += 1) expect((await peer.until(isData)).payload).toHaveLength(1);
    const other = await RawHttp2.to(port, [WINDOW, 1_000_000]);
    other.write(windowUpdate(0, 1_000_000), request(1, "/large"));
    expect((await other.answer(1)).body).toHaveLength(size);
    expect(counters.protocolErrors).toBe(0);
  });
});

describe("Header blocks that cost", () => {
  const large: Field = ["x-large", "v".repeat(3000)];
  /** Adds one entry to the table, then refers to it: a byte each. */
  const bomb = Buffer.concat([
    block(POST),
    Buffer.from([0x40]),
    block([large]).subarray(1),
    Buffer.alloc(10_000, 0x80 | 62),
  ]);

  test("A few bytes that stand for many are answered with 431, and the table stays right.", async () => {
    const { port } = await served(new Echo().serve);
    const peer = await RawHttp2.to(port);
    for (let n = 0; n < 20; n += 1) {
      peer.write(frame(FRAME.headers, { flags: FLAG.endHeaders | FLAG.endStream, id: odd(n) }, bomb));
      expect((await peer.answer(odd(n))).status).toBe("431");
    }
    // The entry that the bombs have left is one that can be used: its name and value come from the table.
    const used = frame(FRAME.headers, { flags: 5, id: 99 }, Buffer.concat([BLOCK, Buffer.from([0x80 | 62])]));
    peer.write(used);
    expect((await peer.answer(99)).status).toBe("200");
  });

  test("A list over the limit that comes in CONTINUATION frames is answered with 431.", async () => {
    const { port } = await served(new Echo().serve, { maxHeaderBytes: 4096 });
    const peer = await RawHttp2.to(port);
    const rest = block([["x-long", "y".repeat(6000)]]);
    peer.write(
      frame(FRAME.headers, { flags: FLAG.endStream, id: 1 }, BLOCK),
      ...[0, 2000, 4000].map((at) => frame(FRAME.continuation, { id: 1 }, rest.subarray(at, at + 2000))),
      frame(FRAME.continuation, { flags: FLAG.endHeaders, id: 1 }, rest.subarray(6000)),
    );
    expect((await peer.answer(1)).status).toBe("431");
    peer.write(request(3, "/echo", "x"));
    expect((await peer.answer(3)).status).toBe("200");
  });

  test("Trailers over the limit end their call.", async () => {
    const { port } = await served(new Echo().serve, { maxHeaderBytes: 1000 });
    const peer = await RawHttp2.to(port);
    peer.write(headers(1, POST), headers(1, [["x-long", "y".repeat(2000)]], { end: true }));
    expect(await peer.resetOf(1)).toBe("PROTOCOL_ERROR");
  });

  test.each([
    ["changes the table's size over and over", Buffer.concat([Buffer.alloc(10_000, 0x20), BLOCK]), "200"],
    [
      "makes the table larger than it may be",
      Buffer.concat([Buffer.from([0x3f, 0xe2, 0x1f]), BLOCK]),
      "COMPRESSION_ERROR",
    ],
    ["changes the table's size after a field", Buffer.concat([BLOCK, Buffer.from([0x20])]), "COMPRESSION_ERROR"],
    ["refers to what is not in the table", Buffer.concat([BLOCK, Buffer.from([0x80 | 62])]), "COMPRESSION_ERROR"],
    ["is cut short", BLOCK.subarray(0, -1), "COMPRESSION_ERROR"],
  ])("A block that %s.", async (_what, bytes, outcome) => {
    const { port } = await served(new Echo().serve);
    const peer = await RawHttp2.to(port);
    peer.write(frame(FRAME.headers, { flags: 5, id: 1 }, bytes));
    expect(outcome === "200" ? (await peer.answer(1)).status : await peer.goodbye()).toBe(outcome);
  });
});

describe("A peer that is slow to begin", () => {
  test.each([
    ["says nothing", []],
    ["stops within its first words", [PREFACE.subarray(0, 10)]],
    ["says no settings", [PREFACE]],
    ["does not acknowledge the settings", [PREFACE, settings()]],
  ])("is cut off when it %s.", async (_what, parts) => {
    const { far, session, pass, counters } = quiet(new Echo().serve);
    const heard: Uint8Array[] = [];
    const gone = new Promise<void>((resolve) => {
      const end = (): void => far.end();
      far.start({ data: (chunk) => heard.push(chunk.slice()), end, drain() {}, close: () => resolve() });
    });
    for (const part of parts) far.write(part);
    while (parts.length > 0 && far.pending > 0) await new Promise(setImmediate);
    for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
    pass(10_000);
    expect(session.output.length).toBe(0);
    pass(500);
    await gone;
    expect(Buffer.concat(heard).subarray(-4)).toEqual(numbers(4));
    expect(counters.abuse.slow).toBe(1);
  });

  test("A header block that is begun has to be ended in time.", async () => {
    const { far, pass, counters } = quiet(new Echo().serve, {}, { settingsTimeoutMs: 1e9 });
    const gone = new Promise<void>((resolve) => {
      far.start({ data() {}, end: () => far.end(), drain() {}, close: () => resolve() });
    });
    far.write(Buffer.concat([PREFACE, settings(), frame(FRAME.headers, { id: 1 }, BLOCK)]));
    for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
    pass(11_000);
    await gone;
    expect(counters.abuse.slow).toBe(1);
  });

  test("Whoever acknowledged the settings may be silent for ever.", async () => {
    const { far, session, pass } = quiet(new Echo().serve);
    far.start({ data() {}, end() {}, drain() {}, close() {} });
    far.write(Buffer.concat([PREFACE, settings(), frame(FRAME.settings, { flags: FLAG.ack }), request(1, "/hang")]));
    for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
    pass(1_000_000);
    expect(session.open).toBe(1);
  });

  test("First words that are none of HTTP/2 end the connection at the first byte that is wrong.", async () => {
    for (const [at] of PREFACE.entries()) {
      const { far } = quiet(new Echo().serve);
      const gone = new Promise<void>((resolve) => {
        far.start({ data() {}, end: () => far.end(), drain() {}, close: () => resolve() });
      });
      const wrong = Buffer.from(PREFACE.subarray(0, at + 1));
      wrong[at]! ^= 1;
      far.write(wrong);
      await gone;
    }
  });
});
