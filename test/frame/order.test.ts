import { describe, expect, test } from "vitest";
import { RawPeer } from "./raw-peer.js";
import { served } from "./served.js";

describe("order of answers", () => {
  test("without ids answers come strictly in the order of the requests, even where a later call finishes first", async () => {
    const { address, bench } = await served();
    const peer = await RawPeer.to(address);
    peer.say(
      { in: "tools.wait", params: "a" },
      { in: "tools.ping", params: "b" },
      { in: "tools.wait", params: "c" },
      { in: "no such method" },
      { in: "tools.later", params: "e" },
    );
    await bench.open("c");
    await bench.open("a");
    expect(await peer.hearAll(5)).toMatchObject([
      { out: "wait", result: "a" },
      { out: "pong", result: "b" },
      { out: "wait", result: "c" },
      { out: "error", result: { code: "unimplemented" } },
      { out: "later", result: "e" },
    ]);
  });

  test("with ids answers come as they are ready", async () => {
    const { address, bench } = await served();
    const peer = await RawPeer.to(address);
    peer.say({ in: "tools.wait", id: 1, params: "a" }, { in: "tools.wait", id: 2, params: "b" });
    await bench.open("b");
    expect(await peer.hear()).toEqual({ out: "wait", id: 2, result: "b" });
    await bench.open("a");
    expect(await peer.hear()).toEqual({ out: "wait", id: 1, result: "a" });
  });

  test("a request with an id overtakes those without, which still wait for each other", async () => {
    const { address, bench } = await served();
    const peer = await RawPeer.to(address);
    peer.say(
      { in: "tools.wait", params: "a" },
      { in: "tools.ping", params: "b" },
      { in: "tools.ping", id: "c", params: "c" },
    );
    expect(await peer.hear()).toEqual({ out: "pong", id: "c", result: "c" });
    await bench.open("a");
    expect(await peer.hearAll(2)).toEqual([
      { out: "wait", result: "a" },
      { out: "pong", result: "b" },
    ]);
  });

  test.each([0, 1, -1, 1.5, 9007199254740991, "a", "", "1", 'quo"te \\ é 😀 \n', "__proto__"])(
    "the id %j is echoed as it came",
    async (id) => {
      const { address } = await served();
      const peer = await RawPeer.to(address);
      for (const method of ["tools.ping", "tools.later", "missing"]) {
        peer.say({ in: method, id, params: "x" });
        expect(await peer.hear()).toMatchObject({ id });
      }
    },
  );

  test('the ids 1 and "1" are two', async () => {
    const { address, bench } = await served();
    const peer = await RawPeer.to(address);
    peer.say({ in: "tools.wait", id: 1, params: "number" }, { in: "tools.wait", id: "1", params: "string" });
    await bench.open("string");
    expect(await peer.hear()).toEqual({ out: "wait", id: "1", result: "string" });
    await bench.open("number");
    expect(await peer.hear()).toEqual({ out: "wait", id: 1, result: "number" });
  });

  test("the id null is none", async () => {
    const { address } = await served();
    const peer = await RawPeer.to(address);
    peer.say({ in: "tools.ping", id: null, params: "x" });
    expect(await peer.text()).toBe('{"out":"pong","result":"x"}');
  });

  test("an id is free again once its call has been answered", async () => {
    const { address } = await served();
    const peer = await RawPeer.to(address);
    for (let i = 0; i < 3; i += 1) {
      peer.say({ in: "tools.later", id: 7, params: i });
      expect(await peer.hear()).toEqual({ out: "later", id: 7, result: i });
    }
  });

  test("an id that is in use is refused, and the call that has it goes on", async () => {
    const { address, bench } = await served();
    const peer = await RawPeer.to(address);
    peer.say({ in: "tools.wait", id: 7, params: "a" }, { in: "tools.ping", id: 7, params: "b" });
    expect(await peer.hear()).toMatchObject({ out: "error", id: 7, result: { code: "invalid_argument" } });
    await bench.open("a");
    expect(await peer.hear()).toEqual({ out: "wait", id: 7, result: "a" });
  });

  test("a wrong frame with the id of an open call does that call no harm", async () => {
    const { address, bench } = await served();
    const peer = await RawPeer.to(address);
    peer.say({ in: "tools.wait", id: 7, params: "a" }, { in: 5, id: 7 });
    expect(await peer.hear()).toMatchObject({ out: "error", id: 7, result: { code: "invalid_argument" } });
    peer.say({ id: 7, cancel: true });
    expect(await peer.hear()).toMatchObject({ out: "error", id: 7, result: { code: "canceled" } });
    expect(bench.heard).toEqual(["a: canceled"]);
  });

  test("calls over the limit wait unread, and go on as others end", async () => {
    const { address, bench } = await served({ maxConcurrentCalls: 2 });
    const peer = await RawPeer.to(address);
    peer.say(
      { in: "tools.wait", id: 1, params: "a" },
      { in: "tools.wait", id: 2, params: "b" },
      { in: "tools.wait", id: 3, params: "c" },
      { in: "tools.ping", id: 4, params: "d" },
      { in: "tools.ping", id: 5, params: "e" },
    );
    await bench.open("b");
    expect(await peer.hear()).toMatchObject({ id: 2 });
    await bench.open("c");
    expect(await peer.hearAll(3)).toMatchObject([{ id: 3 }, { id: 4 }, { id: 5 }]);
    await bench.open("a");
    expect(await peer.hear()).toMatchObject({ id: 1 });
  });

  test("what comes behind a call over the limit waits too, be it a cancel", async () => {
    const { address, bench } = await served({ maxConcurrentCalls: 1 });
    const peer = await RawPeer.to(address);
    peer.say(
      { in: "tools.wait", id: 1, params: "a" },
      { in: "tools.ping", id: 2, params: "b" },
      { id: 1, cancel: true },
      { in: "tools.ping", id: 3, params: "c" },
    );
    await bench.open("a");
    expect(await peer.hearAll(3)).toMatchObject([{ id: 1, result: "a" }, { id: 2 }, { id: 3 }]);
    expect(bench.heard).toEqual([]);
  });

  test("calls over the limit are answered even when the caller has closed its side", async () => {
    const { address, bench } = await served({ maxConcurrentCalls: 1 });
    const peer = await RawPeer.to(address);
    peer.say(
      { in: "tools.wait", params: "a" },
      ...Array.from({ length: 100 }, (_, i) => ({ in: "tools.later", params: i })),
    );
    peer.socket.end();
    await bench.open("a");
    expect(await peer.rest()).toEqual([
      { out: "wait", result: "a" },
      ...Array.from({ length: 100 }, (_, i) => ({ out: "later", result: i })),
    ]);
  });
});
