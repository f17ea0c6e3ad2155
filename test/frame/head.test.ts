import { describe, expect, test } from "vitest";
import { RawPeer } from "./raw-peer.js";
import { served } from "./served.js";

describe("headers", () => {
  test("reach the method in lower case, several values joined, and come back as headers and trailers", async () => {
    const { address } = await served();
    const peer = await RawPeer.to(address);
    const headers = { "X-Trace": "1", accept: ["a", "b"] };
    peer.say({ in: "headers", headers }, { in: "headers", id: 1, headers });
    const answer = {
      out: "headers",
      result: [
        ["accept", "a, b"],
        ["x-trace", "1"],
      ],
      headers: { "x-head": "1" },
      trailers: { "x-trail": "2, 3" },
    };
    expect(await peer.hearAll(2)).toEqual([answer, { ...answer, id: 1 }]);
  });

  test("belong to their own call", async () => {
    const { address } = await served();
    const peer = await RawPeer.to(address);
    peer.say({ in: "headers", headers: { a: "1" } }, { in: "headers" }, { in: "headers", headers: {} });
    expect(await peer.hearAll(3)).toMatchObject([{ result: [["a", "1"]] }, { result: [] }, { result: [] }]);
  });

  test("named like what every object has are headers like any other", async () => {
    const { address } = await served();
    const peer = await RawPeer.to(address);
    peer.write(peer.packed('{"in":"headers","headers":{"__proto__":"1","constructor":"2","toString":"3"}}'));
    expect(await peer.hear()).toMatchObject({
      result: [
        ["__proto__", "1"],
        ["constructor", "2"],
        ["tostring", "3"],
      ],
    });
  });
});

describe("timeout_ms", () => {
  test("is what the method has left", async () => {
    const { address } = await served();
    const peer = await RawPeer.to(address);
    peer.say({ in: "left", timeout_ms: 60_000 }, { in: "left" }, { in: "left", timeout_ms: null });
    const [limited, ...free] = (await peer.hearAll(3)) as { result: number | null }[];
    expect(limited?.result).toBeGreaterThan(30_000);
    expect(limited?.result).toBeLessThanOrEqual(60_000);
    expect(free).toEqual([
      { out: "left", result: null },
      { out: "left", result: null },
    ]);
  });

  test("ends a call that takes longer, and its method hears of it", async () => {
    const { address, bench } = await served();
    const peer = await RawPeer.to(address);
    peer.say(
      { in: "tools.wait", id: 1, params: "gate", timeout_ms: 20 },
      { in: "tools.wait", params: "other", timeout_ms: 20 },
    );
    expect(await peer.hearAll(2)).toMatchObject([
      { out: "error", id: 1, result: { code: "deadline_exceeded" } },
      { out: "error", result: { code: "deadline_exceeded" } },
    ]);
    expect(bench.heard).toEqual(["gate: deadline_exceeded", "other: deadline_exceeded"]);
  });

  test("ends a stream", async () => {
    const { address } = await served();
    const peer = await RawPeer.to(address);
    peer.say({ in: "waits", id: 1, params: "gate", timeout_ms: 20 });
    expect(await peer.hearAll(2)).toMatchObject([
      { id: 1, result: "waiting", more: true },
      { out: "error", id: 1, result: { code: "deadline_exceeded" } },
    ]);
  });

  test("of 0 has passed before the method is asked", async () => {
    const { address, bench } = await served();
    const peer = await RawPeer.to(address);
    peer.say({ in: "tools.wait", params: "gate", timeout_ms: 0 });
    expect(await peer.hear()).toMatchObject({ out: "error", result: { code: "deadline_exceeded" } });
    expect(bench.heard).toEqual([]);
  });

  test("beyond all numbers is no limit", async () => {
    const { address } = await served();
    const peer = await RawPeer.to(address);
    peer.write(peer.packed('{"in":"tools.later","params":"x","timeout_ms":1e999}'));
    expect(await peer.hear()).toEqual({ out: "later", result: "x" });
  });

  test("is cut to what the server allows, which is also the limit of calls that name none", async () => {
    const { address } = await served({ maxTimeoutMs: 20 });
    const peer = await RawPeer.to(address);
    peer.say({ in: "tools.wait", params: "a", timeout_ms: 60_000 }, { in: "tools.wait", params: "b" });
    expect(await peer.hearAll(2)).toMatchObject([
      { out: "error", result: { code: "deadline_exceeded" } },
      { out: "error", result: { code: "deadline_exceeded" } },
    ]);
  });
});

describe("a server that stops", () => {
  test("answers the calls that it has taken, and refuses new ones as unavailable", async () => {
    const { address, bench, server } = await served();
    const peer = await RawPeer.to(address);
    peer.say({ in: "tools.wait", id: 1, params: "gate" });
    await bench.arrived("gate");
    const stopped = server.stop();
    const unavailable = { out: "error", result: { code: "unavailable", message: expect.any(String) as string } };
    let answer: unknown;
    do {
      peer.say({ in: "tools.ping", id: 2, params: "x" });
      answer = await peer.hear();
    } while ((answer as { out: string }).out === "pong");
    expect(answer).toEqual({ ...unavailable, id: 2 });
    peer.say({ in: "tools.ping", params: "x" });
    expect(await peer.hear()).toEqual(unavailable);
    await bench.open("gate");
    expect(await peer.rest()).toEqual([{ out: "wait", id: 1, result: "gate" }]);
    peer.socket.end();
    await stopped;
  });

  test("lets a stream go on to its end", async () => {
    const { address, server } = await served();
    const peer = await RawPeer.to(address);
    peer.say({ in: "chat", id: 1, params: "a", more: true });
    expect(await peer.hear()).toMatchObject({ result: "A" });
    const stopped = server.stop();
    peer.say({ id: 1, params: "b", more: true });
    expect(await peer.hear()).toMatchObject({ result: "B" });
    peer.say({ id: 1, done: true });
    expect(await peer.rest()).toEqual([{ out: "chat", id: 1, done: true }]);
    peer.socket.end();
    await stopped;
  });

  test("says goodbye to those who have no call open", async () => {
    const { address, server } = await served();
    const peer = await RawPeer.to(address);
    peer.say({ in: "tools.ping", params: "x" });
    await peer.hear();
    const stopped = server.stop();
    expect(await peer.rest()).toEqual([]);
    peer.socket.end();
    await stopped;
  });

  test("cuts what has not ended in time", async () => {
    const { address, bench, server } = await served();
    const peer = await RawPeer.to(address);
    peer.say({ in: "tools.wait", id: 1, params: "gate" });
    await bench.arrived("gate");
    await server.stop({ graceMs: 1 });
    await expect(peer.hear()).rejects.toThrow();
    expect(bench.heard).toEqual(["gate: unavailable"]);
  });
});
