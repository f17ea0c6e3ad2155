import { describe, expect, test } from "vitest";
import type { HttpOut } from "../../src/wires/http.js";
import { FLAG, FRAME } from "../../src/transports/http2/frame.js";
import { bytesHeld } from "../bytes-held.js";
import { Echo } from "./echo.js";
import {
  data,
  frame,
  headers,
  POST,
  RawHttp2,
  type RawFrame,
  request,
  reset,
  settings,
  windowUpdate,
} from "./raw-http2.js";
import { served } from "./served.js";

const WINDOW = 4;
const isData =
  (id: number) =>
  (each: RawFrame): boolean =>
    each.type === FRAME.data && each.id === id;
const grown =
  (id: number) =>
  (each: RawFrame): boolean =>
    each.type === FRAME.windowUpdate && each.id === id;

describe("The peer's windows", () => {
  test("A stream without room waits, and others go on.", async () => {
    const { port } = await served(new Echo().serve);
    const peer = await RawHttp2.to(port, [WINDOW, 0]);
    peer.write(
      request(1, "/echo", "waits"),
      request(3, "/echo", ""),
      request(5, "/echo", "five"),
      windowUpdate(5, 100),
    );
    expect((await peer.answer(5)).body).toBe("five");
    peer.write(windowUpdate(1, 100));
    expect((await peer.answer(1)).body).toBe("waits");
  });

  test("A window of one byte at a time lets one byte at a time through, with the end and the trailers last.", async () => {
    const { port } = await served(new Echo().serve);
    const peer = await RawHttp2.to(port, [WINDOW, 0]);
    peer.write(request(1, "/trailers", "abc"));
    for (const [n, byte] of ["a", "b", "c"].entries()) {
      peer.write(windowUpdate(1, 1));
      const each = await peer.until(isData(1));
      expect([each.payload.toString(), each.flags]).toEqual([byte, 0]);
      if (n < 2) await peer.ping();
    }
    const last = await peer.next();
    expect(last).toMatchObject({ type: FRAME.headers, flags: FLAG.endHeaders | FLAG.endStream });
  });

  test("The connection's window holds all streams up, and lets them go on in turn.", async () => {
    const { port } = await served(new Echo().serve);
    const peer = await RawHttp2.to(port, [WINDOW, 1_000_000]);
    for (const id of [1, 3, 5]) peer.write(request(id, "/bytes?40000"));
    let length = 0;
    while (length < 65_535) length += (await peer.until((each) => each.type === FRAME.data)).payload.length;
    expect(length).toBe(65_535);
    const turns: number[] = [];
    for (let n = 0; n < 3; n += 1) {
      peer.write(windowUpdate(0, 100));
      turns.push((await peer.until((each) => each.type === FRAME.data)).id);
    }
    expect(new Set(turns)).toEqual(new Set([3, 5]));
    peer.write(windowUpdate(0, 120_000));
    while (length < 120_000 - 300) length += (await peer.until((each) => each.type === FRAME.data)).payload.length;
    expect(length).toBe(120_000 - 300);
  });

  test("A setting that makes windows smaller than nothing is made good before anything is sent.", async () => {
    const { port } = await served(new Echo().serve);
    const peer = await RawHttp2.to(port, [WINDOW, 10]);
    peer.write(request(1, "/bytes?30"));
    expect((await peer.until(isData(1))).payload).toHaveLength(10);
    // 0 − 10: the stream's window is 10 below nothing.
    peer.write(settings([WINDOW, 0]), windowUpdate(1, 10));
    await peer.ping();
    peer.write(windowUpdate(1, 5));
    expect((await peer.until(isData(1))).payload).toHaveLength(5);
    peer.write(settings([WINDOW, 15]));
    expect(await peer.until(isData(1))).toMatchObject({ flags: FLAG.endStream, payload: Buffer.alloc(15) });
  });

  test("A writer that always has more to say does not keep its own end, nor others, from being heard.", async () => {
    const echo = new Echo();
    const { port } = await served(echo.serve);
    const peer = await RawHttp2.to(port, [WINDOW, 0x7fff_ffff]);
    peer.write(windowUpdate(0, 0x7fff_ffff - 65_535), request(1, "/bytes?1000000000000"));
    while (peer.received < 3_000_000) await peer.until(isData(1));
    peer.write(request(3, "/echo", "me too"));
    expect((await peer.answer(3)).body).toBe("me too");
    peer.write(reset(1, "CANCEL"));
    while (echo.seen.length === 0) await new Promise(setImmediate);
    expect(echo.seen).toEqual(["/bytes reset canceled"]);
  });

  test("The end needs no room, even below nothing.", async () => {
    const { port } = await served((_request, out) => {
      out.head({ status: 200, fields: [] });
      out.data("x".repeat(10), false);
      return { answer() {}, data: (_bytes, _range, last) => out.data("", last), room() {}, reset() {} };
    });
    const peer = await RawHttp2.to(port, [WINDOW, 10]);
    peer.write(headers(1, POST));
    expect((await peer.until(isData(1))).payload).toHaveLength(10);
    peer.write(settings([WINDOW, 5]), data(1, "", { end: true }));
    expect(await peer.until(isData(1))).toMatchObject({ flags: FLAG.endStream, payload: Buffer.alloc(0) });
  });

  test("Frames of the peer's size are sent, and no larger ones.", async () => {
    const { port } = await served(new Echo().serve);
    const peer = await RawHttp2.to(port, [WINDOW, 1_000_000], [5, 20_000]);
    peer.write(windowUpdate(0, 1_000_000), request(1, "/echo", "x".repeat(16_000)));
    expect((await peer.answer(1)).body).toHaveLength(16_000);
    const body = Buffer.alloc(50_000, "y");
    peer.write(
      headers(5, POST),
      ...[0, 1, 2, 3].map((n) => data(5, body.subarray(n * 16_000, (n + 1) * 16_000), { end: n === 3 })),
    );
    const sizes: number[] = [];
    while (sizes.reduce((sum, size) => sum + size, 0) < 50_000)
      sizes.push((await peer.until(isData(5))).payload.length);
    expect(sizes).toEqual([20_000, 20_000, 10_000]);
  });

  test.each([
    ["of the connection", 0],
    ["of a stream", 1],
  ])("A window %s that becomes too large is an error.", async (_what, id) => {
    const { port } = await served(new Echo().serve);
    const peer = await RawHttp2.to(port);
    peer.write(request(1, "/hang"), windowUpdate(id, 0x7fff_ffff));
    expect(await (id === 0 ? peer.goodbye() : peer.resetOf(1))).toBe("FLOW_CONTROL_ERROR");
  });

  test("A setting by which a window becomes too large is an error.", async () => {
    const { port } = await served(new Echo().serve);
    const peer = await RawHttp2.to(port);
    peer.write(request(1, "/hang"), windowUpdate(1, 0x7fff_ffff - 65_535), settings([WINDOW, 65_536]));
    expect(await peer.goodbye()).toBe("FLOW_CONTROL_ERROR");
  });

  test("Many windows that grow a little cost no look at all the others that wait.", async () => {
    const { port } = await served(new Echo().serve, {}, { empties: { burst: 1e9, perSecond: 0 } });
    const peer = await RawHttp2.to(port, [WINDOW, 0]);
    const count = 4000;
    const ids = Array.from({ length: count }, (_, n) => n * 2 + 1);
    peer.write(...ids.map((id) => request(id, "/bytes?1000")));
    await peer.ping();
    const before = process.cpuUsage();
    for (let round = 0; round < 5; round += 1) peer.write(...ids.map(() => windowUpdate(0, 100)));
    peer.write(...ids.map((id) => windowUpdate(id, 100)));
    await peer.ping();
    const { user, system } = process.cpuUsage(before);
    // With a look at each for every frame it would be ten times as much.
    expect((user + system) / 1000).toBeLessThan(2000);
  });

  test("Answers that nobody takes: no more calls are taken beyond what may wait, and none is forgotten.", async () => {
    const { port } = await served(new Echo().serve, {}, { maxQueuedBytes: 50_000 });
    const peer = await RawHttp2.to(port, [WINDOW, 0]);
    for (const id of [1, 3, 5, 7]) peer.write(request(id, "/echo", "x".repeat(16_000)));
    peer.write(request(9, "/echo"));
    expect(await peer.resetOf(9)).toBe("REFUSED_STREAM");
    peer.write(reset(1, "CANCEL"), request(11, "/echo", ""));
    expect(await peer.until((each) => each.id === 11)).toMatchObject({ type: FRAME.headers });
    peer.write(windowUpdate(3, 16_000));
    expect((await peer.answer(3)).body).toHaveLength(16_000);
  });

  test("What waits goes when its connection goes.", async () => {
    const echo = new Echo();
    const { port, counters } = await served(echo.serve);
    const peer = await RawHttp2.to(port, [WINDOW, 0]);
    peer.write(...[1, 3, 5].map((id) => request(id, "/bytes?100000")));
    await peer.ping();
    peer.socket.destroy();
    while (counters.open > 0) await new Promise(setImmediate);
    expect(echo.seen).toEqual(Array.from({ length: 3 }, () => "/bytes reset unavailable"));
  });
});

describe("Our windows", () => {
  const block = "x".repeat(16_000);

  test("Room is given back when half of a window has been used, to the stream and to the connection.", async () => {
    const { port } = await served(new Echo().serve);
    const peer = await RawHttp2.to(port);
    peer.write(headers(1, POST));
    for (let n = 0; n < 9; n += 1) peer.write(data(1, block));
    const stream = await peer.until(grown(1));
    expect(stream.payload.readUInt32BE(0)).toBeGreaterThanOrEqual(131_072);
    for (let n = 0; n < 24; n += 1) peer.write(data(1, block));
    expect((await peer.until(grown(0))).payload.readUInt32BE(0)).toBeGreaterThanOrEqual(524_288);
  });

  test.each([
    ["that this end has reset", "CANCEL"],
    ["beyond the goodbye", "GOAWAY"],
  ])("The connection's window is given back for data of streams %s.", async (_what, how) => {
    const echo = new Echo();
    const { port, connections } = await served(echo.serve);
    const peer = await RawHttp2.to(port);
    peer.write(
      headers(
        1,
        POST.map(([name, value]) => [name, name === ":path" ? "/hang" : value]),
      ),
    );
    while (echo.held.length === 0) await new Promise(setImmediate);
    let stopped: Promise<void> | undefined;
    if (how === "CANCEL") {
      peer.write(request(3, "/hang", ""));
      while (echo.held.length === 1) await new Promise(setImmediate);
      echo.held[0]?.reset({ code: "canceled", message: "", details: [], trailers: [] });
      await peer.resetOf(1);
    } else {
      stopped = connections.stop(5000);
      await peer.parted();
      peer.write(headers(3, POST));
    }
    const id = how === "CANCEL" ? 1 : 3;
    for (let n = 0; n < 40; n += 1) peer.write(data(id, block));
    expect((await peer.until(grown(0))).payload.readUInt32BE(0)).toBeGreaterThanOrEqual(524_288);
    // The call that was open before is answered all the same.
    const open = echo.held.at(-1);
    open?.respond({ status: 200, fields: [] }, "after all");
    expect((await peer.answer(how === "CANCEL" ? 3 : 1)).body).toBe("after all");
    await stopped;
  });

  test("Padding counts for the windows, and is given back.", async () => {
    const { port } = await served(new Echo().serve);
    const peer = await RawHttp2.to(port);
    const padded = frame(
      FRAME.data,
      { flags: FLAG.padded, id: 1 },
      Buffer.concat([Buffer.from([255]), Buffer.alloc(300)]),
    );
    peer.write(headers(1, POST), ...Array.from({ length: 1000 }, () => padded));
    expect((await peer.until(grown(1))).payload.readUInt32BE(0)).toBeGreaterThanOrEqual(131_072);
    peer.write(data(1, "", { end: true }));
    expect((await peer.answer(1)).body).toHaveLength(45_000);
  });

  test.each([
    ["a stream's window", { streamWindowBytes: 70_000 }, "stream"],
    ["the connection's window", { streamWindowBytes: 10_000_000, connectionWindowBytes: 70_000 }, "connection"],
  ])("More than %s lets is an error.", async (_what, limits, harmed) => {
    const echo = new Echo();
    const { port } = await served(echo.serve, {}, limits);
    const peer = await RawHttp2.to(port);
    peer.write(
      headers(
        1,
        POST.map(([name, value]) => [name, name === ":path" ? "/slow" : value]),
      ),
    );
    for (let n = 0; n < 5; n += 1) peer.write(data(1, block));
    expect(await (harmed === "stream" ? peer.resetOf(1) : peer.goodbye())).toBe("FLOW_CONTROL_ERROR");
  });

  test("A reader who takes nothing holds its own stream up, in little memory however small the pieces are.", async () => {
    const echo = new Echo();
    const { port } = await served(echo.serve);
    const peer = await RawHttp2.to(port);
    peer.write(
      headers(
        1,
        POST.map(([name, value]) => [name, name === ":path" ? "/slow" : value]),
      ),
      data(1, "first"),
    );
    while (echo.seen.length === 0) await new Promise(setImmediate);
    const before = bytesHeld();
    await peer.pour(Buffer.concat(Array.from({ length: 100_000 }, () => data(1, "x"))));
    await peer.ping();
    expect(bytesHeld() - before).toBeLessThan(5_000_000);
    expect(echo.seen).toEqual(["slow heard 5"]);
    peer.write(data(1, "", { end: true }));
    await peer.ping();
    echo.held[0]?.resume();
    expect((await peer.answer(1)).body).toBe("100005");
    expect(echo.seen).toEqual(["slow heard 5", "slow heard 100000"]);
  });

  test("Windows grow where much comes at once, up to what they may.", async () => {
    const most = 1_000_000;
    const { port } = await served(new Echo().serve, {}, { maxWindowBytes: most, connectionWindowBytes: 300_000 });
    const peer = await RawHttp2.to(port);
    peer.write(headers(1, POST));
    let room = 262_144;
    let size = room;
    for (let n = 0; n < 60 && size < most; n += 1) {
      // As much as the window lets, and the answer to the PING only after it.
      while (room >= 16_000) {
        peer.write(data(1, block));
        room -= 16_000;
      }
      for (;;) {
        const each = await peer.next();
        if (each?.type === FRAME.ping) peer.write(frame(FRAME.ping, { flags: FLAG.ack }, each.payload));
        if (each?.type !== FRAME.windowUpdate || each.id !== 1) continue;
        room += each.payload.readUInt32BE(0);
        size = Math.max(size, room);
        break;
      }
    }
    expect(size).toBeGreaterThan(500_000);
    expect(size).toBeLessThanOrEqual(most);
  });
});

test("A stream whose reader was told of room writes on, and one that was reset does not.", async () => {
  const outs: HttpOut[] = [];
  const rooms: number[] = [];
  const { port } = await served((_request, out) => {
    const index = outs.push(out) - 1;
    out.head({ status: 200, fields: [] });
    while (out.data("x".repeat(1000), false));
    return { answer() {}, data: () => true, room: () => rooms.push(index), reset() {} };
  });
  const peer = await RawHttp2.to(port, [WINDOW, 3000]);
  peer.write(request(1, "/a"), request(3, "/b"));
  await peer.ping();
  peer.write(reset(1, "CANCEL"), windowUpdate(1, 5000), windowUpdate(3, 5000));
  await peer.ping();
  expect(rooms).toEqual([1]);
  expect(outs[0]?.data("late", true)).toBe(true);
});
