import { describe, expect, test } from "vitest";
import { type ByteOrder, RawPeer } from "./raw-peer.js";
import { served } from "./served.js";

const ORDERS: readonly ByteOrder[] = ["little", "big"];

describe.each(ORDERS)("a client as articles write them, %s-endian", (order) => {
  test("sends the length and then the body, ten times on one connection, and gets ten pongs", async () => {
    const { address } = await served();
    const peer = await RawPeer.to(address, order);
    for (let i = 0; i < 10; i += 1) {
      const frame = peer.packed(JSON.stringify({ in: "tools.ping", params: `ireader ${i}` }));
      peer.write(frame.subarray(0, 4));
      peer.write(frame.subarray(4));
      expect(await peer.hear()).toEqual({ out: "pong", result: `ireader ${i}` });
    }
  });

  test("is heard one byte at a time", async () => {
    const { address } = await served();
    const peer = await RawPeer.to(address, order);
    const ping = peer.packed(JSON.stringify({ in: "tools.ping", params: "é😀" }));
    await peer.trickle(Buffer.concat([ping, ping]));
    expect(await peer.hearAll(2)).toEqual(Array.from({ length: 2 }, () => ({ out: "pong", result: "é😀" })));
  });

  test("puts several requests into one packet, and gets an answer for each in order", async () => {
    const { address } = await served();
    const peer = await RawPeer.to(address, order);
    const texts = Array.from({ length: 50 }, (_, i) => String(i));
    peer.say(...texts.map((params) => ({ in: "tools.ping", params })));
    expect(await peer.hearAll(50)).toEqual(texts.map((result) => ({ out: "pong", result })));
  });

  test("sends a request in pieces that fall anywhere", async () => {
    const { address } = await served();
    const peer = await RawPeer.to(address, order);
    const pings = Array.from({ length: 20 }, (_, i) =>
      peer.packed(JSON.stringify({ in: "tools.ping", params: `${i}` })),
    );
    const bytes = Buffer.concat(pings);
    for (let from = 0; from < bytes.length; from += 7) peer.write(bytes.subarray(from, from + 7));
    expect(await peer.hearAll(20)).toEqual(pings.map((_, i) => ({ out: "pong", result: `${i}` })));
  });

  test("says all it has to say, closes its side, and is still answered before the server closes its own", async () => {
    const { address, bench } = await served();
    const peer = await RawPeer.to(address, order);
    peer.say({ in: "tools.wait", params: "slow" }, { in: "tools.ping", params: "x" });
    peer.socket.end();
    await bench.open("slow", "answered");
    expect(await peer.rest()).toEqual([
      { out: "wait", result: "answered" },
      { out: "pong", result: "x" },
    ]);
  });

  test("may begin with a request whose length looks like another in the other byte order", async () => {
    const { address } = await served();
    for (const length of [256, 65_536]) {
      const peer = await RawPeer.to(address, order);
      const empty = JSON.stringify({ in: "tools.ping", params: "" });
      const params = "x".repeat(length - empty.length);
      peer.say({ in: "tools.ping", params });
      expect(await peer.hear()).toEqual({ out: "pong", result: params });
    }
  });

  test("is answered in its own byte order from the first frame on, even where that is an error", async () => {
    const { address } = await served();
    const peer = await RawPeer.to(address, order);
    peer.write(peer.packed("nonsense"));
    expect(await peer.hear()).toMatchObject({ out: "error", result: { code: "invalid_argument" } });
    peer.say({ in: "tools.ping", params: "x" });
    expect(await peer.hear()).toEqual({ out: "pong", result: "x" });
  });
});

test("an answer is exactly the bytes that an article's client expects", async () => {
  const { address } = await served();
  const peer = await RawPeer.to(address);
  peer.say({ in: "tools.ping", params: "x" });
  expect(await peer.text()).toBe('{"out":"pong","result":"x"}');
});

test("clients of both byte orders are served at once", async () => {
  const { address } = await served();
  const peers = await Promise.all(ORDERS.map((order) => RawPeer.to(address, order)));
  for (let i = 0; i < 3; i += 1) {
    for (const peer of peers) peer.say({ in: "tools.add", params: [i, 1] });
    for (const peer of peers) expect(await peer.hear()).toEqual({ out: "add", result: i + 1 });
  }
});

test("the model single serves one such client after the other, and one call after the other", async () => {
  const { address, bench } = await served({ model: "single" });
  const first = await RawPeer.to(address);
  const second = await RawPeer.to(address);
  second.say({ in: "tools.ping", params: "second" });
  second.socket.end();
  first.say({ in: "tools.wait", params: "gate", id: 1 }, { in: "tools.ping", params: "first", id: 2 });
  await bench.open("gate");
  expect(await first.hearAll(2)).toEqual([
    { out: "wait", id: 1, result: "gate" },
    { out: "pong", id: 2, result: "first" },
  ]);
  first.socket.end();
  expect(await second.rest()).toEqual([{ out: "pong", result: "second" }]);
});
