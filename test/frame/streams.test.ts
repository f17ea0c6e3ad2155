import { describe, expect, test } from "vitest";
import { RawPeer } from "./raw-peer.js";
import { served } from "./served.js";

const PING = { in: "tools.ping", id: "ping", params: "x" };
const PONG = { out: "pong", id: "ping", result: "x" };
const canceled = (id: number): object => ({
  out: "error",
  id,
  result: { code: "canceled", message: expect.any(String) as string },
});
const wrong = (id?: number): object => ({
  out: "error",
  ...(id === undefined ? {} : { id }),
  result: { code: "invalid_argument", message: expect.any(String) as string },
});

describe("streams from the server", () => {
  test("every message has more, and done ends them", async () => {
    const { address } = await served();
    const peer = await RawPeer.to(address);
    peer.say({ in: "count", id: 1, params: { to: 3 } });
    expect(await peer.hearAll(4)).toEqual([
      { out: "count", id: 1, result: 0, more: true },
      { out: "count", id: 1, result: 1, more: true },
      { out: "count", id: 1, result: 2, more: true },
      { out: "count", id: 1, done: true },
    ]);
  });

  test("an empty one is its end alone", async () => {
    const { address } = await served();
    const peer = await RawPeer.to(address);
    peer.say({ in: "count", id: 1, params: { to: 0 } });
    expect(await peer.hear()).toEqual({ out: "count", id: 1, done: true });
  });

  test("one that fails ends with an error after the messages before it", async () => {
    const { address } = await served();
    const peer = await RawPeer.to(address);
    peer.say({ in: "chat", id: 1, params: "a", more: true }, { id: 1, params: 5, more: true });
    expect(await peer.hearAll(2)).toMatchObject([{ out: "chat", id: 1, result: "A", more: true }, wrong(1)]);
  });

  test("two run beside each other on one connection", async () => {
    const { address, bench } = await served();
    const peer = await RawPeer.to(address);
    peer.say({ in: "waits", id: 1, params: "a" }, { in: "waits", id: 2, params: "b" });
    expect(await peer.hearAll(2)).toEqual([
      { out: "waits", id: 1, result: "waiting", more: true },
      { out: "waits", id: 2, result: "waiting", more: true },
    ]);
    await bench.open("b");
    expect(await peer.hearAll(2)).toEqual([
      { out: "waits", id: 2, result: "done", more: true },
      { out: "waits", id: 2, done: true },
    ]);
    await bench.open("a");
    expect(await peer.hearAll(2)).toMatchObject([{ id: 1 }, { id: 1, done: true }]);
  });

  test("without an id one that has a single message, or none, is an answer like any other", async () => {
    const { address } = await served();
    const peer = await RawPeer.to(address);
    peer.say({ in: "count", params: { to: 1 } }, { in: "count", params: { to: 0 } });
    expect(await peer.hearAll(2)).toEqual([
      { out: "count", result: 0 },
      { out: "count", result: null },
    ]);
  });

  test("without an id a second message is refused, and the method stops", async () => {
    const { address, bench } = await served();
    const peer = await RawPeer.to(address);
    peer.say({ in: "forever" }, PING);
    expect(await peer.hearAll(2)).toEqual(expect.arrayContaining([wrong(), PONG]));
    expect(bench.heard).toEqual(["forever ended"]);
  });
});

describe("streams to the server", () => {
  test("every message but the last has more", async () => {
    const { address } = await served();
    const peer = await RawPeer.to(address);
    peer.say({ in: "sum", id: 1, params: 1, more: true }, { id: 1, params: 2, more: true }, { id: 1, params: 3 });
    expect(await peer.hear()).toEqual({ out: "sum", id: 1, result: 6 });
  });

  test("done ends one without a message, or with its last", async () => {
    const { address } = await served();
    const peer = await RawPeer.to(address);
    peer.say({ in: "sum", id: 1, params: 1, more: true }, { id: 1, done: true });
    expect(await peer.hear()).toEqual({ out: "sum", id: 1, result: 1 });
    peer.say({ in: "sum", id: 2, params: 1, more: true }, { id: 2, params: 2, done: true });
    expect(await peer.hear()).toEqual({ out: "sum", id: 2, result: 3 });
  });

  test("one may be opened without a message, and be empty", async () => {
    const { address } = await served();
    const peer = await RawPeer.to(address);
    peer.say({ in: "sum", id: 1, more: true }, { id: 1, params: 4, more: true }, { id: 1, done: true });
    expect(await peer.hear()).toEqual({ out: "sum", id: 1, result: 4 });
    peer.say({ in: "sum", id: 2, done: true });
    expect(await peer.hear()).toEqual({ out: "sum", id: 2, result: 0 });
  });

  test("the frames that go on may name the method again", async () => {
    const { address } = await served();
    const peer = await RawPeer.to(address);
    peer.say({ in: "sum", id: 1, params: 1, more: true }, { in: "sum", id: 1, params: 2 });
    expect(await peer.hear()).toEqual({ out: "sum", id: 1, result: 3 });
  });

  test("one of a single message needs no id", async () => {
    const { address } = await served();
    const peer = await RawPeer.to(address);
    peer.say({ in: "sum", params: 5 });
    expect(await peer.hear()).toEqual({ out: "sum", result: 5 });
  });

  test("null is a message, and a missing params is none", async () => {
    const { address } = await served();
    const peer = await RawPeer.to(address);
    peer.say({ in: "chat", id: 1, more: true }, { id: 1, more: true }, { id: 1, params: null, more: true });
    expect(await peer.hear()).toMatchObject(wrong(1));
  });

  test("two are kept apart by their ids", async () => {
    const { address } = await served();
    const peer = await RawPeer.to(address);
    peer.say(
      { in: "sum", id: 1, params: 1, more: true },
      { in: "sum", id: "1", params: 10, more: true },
      { id: 1, params: 2, more: true },
      { id: "1", params: 20 },
      { id: 1, params: 3 },
    );
    expect(await peer.hearAll(2)).toEqual([
      { out: "sum", id: "1", result: 30 },
      { out: "sum", id: 1, result: 6 },
    ]);
  });

  test("a method of one message refuses a second", async () => {
    const { address } = await served();
    const peer = await RawPeer.to(address);
    const input = { name: "Ada" };
    peer.say({ in: "hello", id: 1, params: input, more: true }, { id: 1, params: input });
    expect(await peer.hear()).toEqual(wrong(1));
    peer.say({ in: "hello", id: 1, params: input, more: true }, { id: 1, done: true });
    expect(await peer.hear()).toEqual({ out: "hello", id: 1, result: { text: "hello Ada" } });
  });

  test("the answer may come before the end, and what is still said then is ignored", async () => {
    const { address } = await served();
    const peer = await RawPeer.to(address);
    peer.say({ in: "first", id: 1, params: 7, more: true });
    expect(await peer.hear()).toEqual({ out: "first", id: 1, result: 7 });
    peer.say(
      { id: 1, params: 8, more: true },
      { id: 1, params: 9, done: true },
      { id: 1, done: true },
      { id: 1, cancel: true },
      PING,
    );
    expect(await peer.hear()).toEqual(PONG);
  });

  test("a message without more, done or a method, for no open call, is an error", async () => {
    const { address } = await served();
    const peer = await RawPeer.to(address);
    peer.say({ id: 1, params: 8 }, PING);
    expect(await peer.hearAll(2)).toEqual([wrong(1), PONG]);
  });

  test("a message that is no good ends the call, and those after it are ignored", async () => {
    const { address } = await served();
    const peer = await RawPeer.to(address);
    peer.say({ in: "sum", id: 1, params: 1, more: true }, { id: 1, params: "two", more: true });
    expect(await peer.hear()).toMatchObject(wrong(1));
    peer.say({ id: 1, params: 3, more: true }, { id: 1, done: true }, PING);
    expect(await peer.hear()).toEqual(PONG);
  });
});

describe("streams both ways", () => {
  test("are independent of each other", async () => {
    const { address } = await served();
    const peer = await RawPeer.to(address);
    peer.say({ in: "chat", id: 1, params: "a", more: true });
    expect(await peer.hear()).toEqual({ out: "chat", id: 1, result: "A", more: true });
    peer.say({ id: 1, params: "b", more: true }, { id: 1, params: "c", more: true });
    expect(await peer.hearAll(2)).toMatchObject([{ result: "B" }, { result: "C" }]);
    peer.say({ id: 1, done: true });
    expect(await peer.hear()).toEqual({ out: "chat", id: 1, done: true });
  });

  test("a thousand messages in one packet come back in order", async () => {
    const { address } = await served();
    const peer = await RawPeer.to(address);
    const texts = Array.from({ length: 1000 }, (_, i) => `m${i}`);
    peer.say({ in: "chat", id: 1, more: true }, ...texts.map((params) => ({ id: 1, params, more: true })), {
      id: 1,
      done: true,
    });
    const frames = await peer.hearAll(1001);
    expect(frames.slice(0, 1000)).toEqual(
      texts.map((text) => ({ out: "chat", id: 1, result: text.toUpperCase(), more: true })),
    );
    expect(frames[1000]).toEqual({ out: "chat", id: 1, done: true });
  });
});

describe("cancel", () => {
  test.each([
    ["a call of one message", { in: "tools.wait", id: 1, params: "gate" }, 0],
    ["a stream from the server", { in: "waits", id: 1, params: "gate" }, 1],
  ])("ends %s: it is answered canceled, once, and its method hears of it", async (_what, request, before) => {
    const { address, bench } = await served();
    const peer = await RawPeer.to(address);
    peer.say(request);
    await bench.arrived("gate");
    peer.say({ id: 1, cancel: true }, { id: 1, cancel: true }, PING);
    expect((await peer.hearAll(before + 2)).slice(before)).toEqual([canceled(1), PONG]);
    expect(bench.heard).toEqual(["gate: canceled"]);
  });

  test("ends a stream to the server, whose reader hears of it", async () => {
    const { address, bench } = await served();
    const peer = await RawPeer.to(address);
    peer.say({ in: "sum", id: 1, params: 1, more: true }, { id: 1, cancel: true });
    expect(await peer.hear()).toEqual(canceled(1));
    peer.say(PING);
    expect(await peer.hear()).toEqual(PONG);
    expect(bench.heard).toEqual(["canceled"]);
  });

  test("ends an endless stream, while it is read at full speed", async () => {
    const { address, bench } = await served();
    const peer = await RawPeer.to(address);
    peer.say({ in: "forever", id: 1 });
    expect(await peer.hear()).toEqual({ out: "forever", id: 1, result: 0, more: true });
    peer.say({ id: 1, cancel: true }, PING);
    let frame: unknown;
    do frame = await peer.hear();
    while ((frame as { more?: boolean }).more === true);
    expect(frame).toEqual(canceled(1));
    expect(await peer.hear()).toEqual(PONG);
    expect(bench.heard).toEqual(["forever ended"]);
  });

  test("makes the id free again", async () => {
    const { address, bench } = await served();
    const peer = await RawPeer.to(address);
    peer.say({ in: "tools.wait", id: 1, params: "a" });
    await bench.arrived("a");
    peer.say({ id: 1, cancel: true }, { in: "tools.ping", id: 1, params: "again" });
    expect(await peer.hearAll(2)).toEqual([canceled(1), { out: "pong", id: 1, result: "again" }]);
  });

  test("of an unknown id is ignored, whether or not it names a method", async () => {
    const { address } = await served();
    const peer = await RawPeer.to(address);
    peer.say({ id: 99, cancel: true }, { id: "x", in: "tools.ping", cancel: true }, PING);
    expect(await peer.hear()).toEqual(PONG);
  });

  test("is what a lost connection means to every call that was open", async () => {
    const { address, bench, server } = await served();
    const peer = await RawPeer.to(address);
    peer.say(
      { in: "tools.wait", id: 1, params: "a" },
      { in: "tools.wait", params: "b" },
      { in: "waits", id: 2, params: "c" },
      { in: "sum", id: 3, params: 1, more: true },
    );
    await Promise.all(["a", "b", "c"].map((key) => bench.arrived(key)));
    peer.socket.resetAndDestroy();
    await server.stop();
    expect(bench.heard.toSorted()).toEqual(["a: unavailable", "b: unavailable", "c: unavailable", "unavailable"]);
  });
});

describe("a caller who closes its side", () => {
  test("still hears the whole of a stream that it has asked for", async () => {
    const { address } = await served();
    const peer = await RawPeer.to(address);
    peer.say({ in: "count", id: 1, params: { to: 3 } });
    peer.socket.end();
    expect(await peer.rest()).toHaveLength(4);
  });

  test("cancels the streams that it has not ended", async () => {
    const { address, bench } = await served();
    const peer = await RawPeer.to(address);
    peer.say({ in: "sum", id: 1, params: 1, more: true }, { in: "tools.wait", id: 2, params: "gate" });
    peer.socket.end();
    expect(await peer.hear()).toEqual(canceled(1));
    expect(bench.heard).toEqual(["canceled"]);
    await bench.open("gate");
    expect(await peer.rest()).toEqual([{ out: "wait", id: 2, result: "gate" }]);
  });
});

describe("a caller who does not listen", () => {
  test("stops the streams it has asked for, which go on when it does", async () => {
    const { address, server } = await served();
    const { counters } = server;
    const peer = await RawPeer.to(address);
    const other = await RawPeer.to(address);
    peer.say({ in: "forever", id: 1 });
    await peer.hear();
    peer.socket.pause();
    // The system takes some megabytes; after them the server writes nothing but the answers to somebody else.
    const pongs = 50 * (4 + JSON.stringify(PONG).length);
    for (let before = -pongs - 1; counters.bytesOut - before > pongs;) {
      before = counters.bytesOut;
      for (let i = 0; i < 50; i += 1) {
        other.say(PING);
        expect(await other.hear()).toEqual(PONG);
      }
    }
    peer.say({ id: 1, cancel: true });
    peer.socket.resume();
    let frame: unknown;
    do frame = await peer.hear();
    while ((frame as { more?: boolean }).more === true);
    expect(frame).toEqual(canceled(1));
  });
});
