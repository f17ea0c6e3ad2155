import { existsSync, linkSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { createServer } from "node:net";
import { afterEach, describe, expect, test, vi } from "vitest";
import { connect } from "../../src/client.js";
import { functions, implement, serve, service, unary } from "../../src/server.js";
import { socketPlace } from "../matrix/worlds.js";
import { RawPeer } from "../frame/raw-peer.js";
import { served } from "../frame/served.js";

afterEach(() => {
  vi.useRealTimers();
});

/** Lets everything happen that needs no more than turns of the event loop. */
async function turns(): Promise<void> {
  for (let n = 0; n < 30; n += 1) await new Promise(setImmediate);
}

/** Waits, turn by turn, until something holds. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise(setImmediate);
}

describe("The model single", () => {
  test("answers a second connection only after the first has closed", async () => {
    const { address, bench } = await served({ model: "single" });
    const one = await RawPeer.to(address);
    one.say({ in: "tools.ping", params: "a" });
    expect(await one.hear()).toEqual({ out: "pong", result: "a" });
    const other = await RawPeer.to(address);
    other.say({ in: "wait", params: "b" });
    await turns();
    one.say({ in: "tools.ping", params: "c" });
    expect(await one.hear()).toEqual({ out: "pong", result: "c" });
    const before = bench.heard.length;
    one.socket.end();
    await bench.open("b");
    expect(await other.hear()).toEqual({ out: "wait", result: "b" });
    expect(before).toBe(0);
  });

  test("runs one call of a connection at a time", async () => {
    let open = 0;
    let most = 0;
    const slow = functions("slow", {
      run: async (n: number) => {
        open += 1;
        most = Math.max(most, open);
        await new Promise(setImmediate);
        open -= 1;
        return n;
      },
    });
    const { address } = await served({ model: "single" }, [slow]);
    await using client = connect<typeof slow>("slow", address.replace("tcp:", "frame:"));
    const numbers = Array.from({ length: 50 }, (_, n) => n);
    expect(await Promise.all(numbers.map((n) => client.run(n)))).toEqual(numbers);
    expect(most).toBe(1);
  });

  test("refuses connections over the limit of those that wait, and says so", async () => {
    const { address, server, logged } = await served({ model: "single", maxWaiting: 1 });
    const one = await RawPeer.to(address);
    one.say({ in: "tools.ping", params: 1 });
    await one.hear();
    const two = await RawPeer.to(address);
    await until(() => server.counters.connections === 2);
    const three = await RawPeer.to(address);
    await expect(three.hear()).rejects.toThrow();
    expect(server.counters.refused).toBe(1);
    expect(logged).toEqual([
      expect.stringMatching(/^Refused tcp:\/\/127.0.0.1:\d+: 1 connections are open and 1 wait.$/u),
    ]);
    two.say({ in: "tools.ping", params: 2 });
    one.socket.end();
    expect(await two.hear()).toEqual({ out: "pong", result: 2 });
  });

  test("goes on with the next when a connection that waited is gone by its turn", async () => {
    const { address, server } = await served({ model: "single" });
    const one = await RawPeer.to(address);
    one.say({ in: "tools.ping", params: 1 });
    await one.hear();
    const two = await RawPeer.to(address);
    await until(() => server.counters.connections === 2);
    const three = await RawPeer.to(address);
    three.say({ in: "tools.ping", params: 3 });
    await until(() => server.counters.connections === 3);
    two.socket.resetAndDestroy();
    one.socket.end();
    expect(await three.hear()).toEqual({ out: "pong", result: 3 });
  });
});

describe("The model async", () => {
  test("answers connections at once, their calls interleaved", async () => {
    const { address, bench } = await served();
    const one = await RawPeer.to(address);
    const two = await RawPeer.to(address);
    one.say({ in: "wait", params: "slow", id: 1 }, { in: "tools.ping", params: "x", id: 2 });
    expect(await one.hear()).toMatchObject({ id: 2 });
    two.say({ in: "tools.ping", params: "y" });
    expect(await two.hear()).toEqual({ out: "pong", result: "y" });
    await bench.open("slow");
    expect(await one.hear()).toMatchObject({ id: 1 });
  });

  test("refuses connections over its limit", async () => {
    const { address, server } = await served({ maxConnections: 1 });
    const one = await RawPeer.to(address);
    one.say({ in: "tools.ping", params: 1 });
    await one.hear();
    const two = await RawPeer.to(address);
    await expect(two.hear()).rejects.toThrow();
    expect(server.counters.refused).toBe(1);
    one.socket.end();
    await until(() => server.counters.open === 0);
    const three = await RawPeer.to(address);
    three.say({ in: "tools.ping", params: 3 });
    expect(await three.hear()).toEqual({ out: "pong", result: 3 });
  });
});

describe("stop()", () => {
  test("lets an open call be answered, and then closes the connection", async () => {
    const { address, server, bench } = await served();
    const peer = await RawPeer.to(address);
    peer.say({ in: "wait", params: "a", id: 1 });
    await bench.arrived("a");
    const stopped = server.stop({ graceMs: 60_000 });
    await turns();
    peer.say({ in: "tools.ping", params: 1, id: 2 });
    expect(await peer.hear()).toMatchObject({ out: "error", id: 2, result: { code: "unavailable" } });
    await bench.open("a");
    expect(await peer.rest()).toEqual([{ out: "wait", id: 1, result: "a" }]);
    peer.socket.end();
    await stopped;
    expect(server.counters.open).toBe(0);
  });

  test("answers requests that have reached the machine and have not been read", async () => {
    const { address, server } = await served();
    const peer = await RawPeer.to(address);
    peer.say({ in: "tools.ping", params: 1 });
    await peer.hear();
    peer.say({ in: "tools.ping", params: 2 });
    const stopped = server.stop();
    expect(await peer.rest()).toEqual([{ out: "pong", result: 2 }]);
    peer.socket.end();
    await stopped;
  });

  test("cuts calls that never end after its grace, and their methods hear of it", async () => {
    const { address, server, bench } = await served();
    const peer = await RawPeer.to(address);
    peer.say({ in: "wait", params: "a", id: 1 });
    await bench.arrived("a");
    await server.stop({ graceMs: 20 });
    expect(bench.heard).toEqual(["a: unavailable"]);
    await expect(peer.hear()).rejects.toThrow();
  });

  test("does not wait for peers that are silent, in the middle of a frame, or never close", async () => {
    const { address, server } = await served();
    const peers = await Promise.all(Array.from({ length: 4 }, () => RawPeer.to(address)));
    peers[1]?.say({ in: "tools.ping", params: 1 });
    await peers[1]?.hear();
    peers[2]?.write(Uint8Array.of(200, 0, 0));
    peers[3]?.write(Uint8Array.of(200, 0, 0, 0, 0x7b));
    await until(() => server.counters.bytesIn > 8);
    await server.stop({ graceMs: 20 });
    expect(server.counters.open).toBe(0);
  });

  test("cuts peers that do not close their end before the grace is over", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    const { address, server } = await served();
    const peer = await RawPeer.to(address);
    peer.say({ in: "tools.ping", params: 1 });
    await peer.hear();
    const stopped = server.stop({ graceMs: 60_000 });
    expect(await peer.rest()).toEqual([]);
    vi.advanceTimersByTime(2000);
    await stopped;
  });

  test("cuts peers that go on talking after they were told that it is over", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    const { address, server } = await served();
    const peer = await RawPeer.to(address);
    peer.say({ in: "tools.ping", params: 1 });
    await peer.hear();
    const stopped = server.stop({ graceMs: 60_000 });
    await peer.rest();
    for (let n = 0; n < 5; n += 1) {
      const before = server.counters.bytesIn;
      peer.say({ in: "tools.ping", params: n });
      if (server.counters.open > 0) await until(() => server.counters.bytesIn > before || server.counters.open === 0);
      vi.advanceTimersByTime(500);
      await turns();
    }
    expect(server.counters.open).toBe(0);
    await stopped;
  });

  test("refuses connections that wait, and takes no new ones", async () => {
    const { address, server } = await served({ model: "single" });
    const one = await RawPeer.to(address);
    one.say({ in: "tools.ping", params: 1 });
    await one.hear();
    const two = await RawPeer.to(address);
    await until(() => server.counters.connections === 2);
    const stopped = server.stop();
    await expect(two.hear()).rejects.toThrow();
    one.socket.end();
    await stopped;
    await expect(RawPeer.to(address)).rejects.toThrow("ECONNREFUSED");
  });

  test("may be called twice, and with an endless grace", async () => {
    const { address, server, bench } = await served();
    const peer = await RawPeer.to(address);
    peer.say({ in: "wait", params: "a", id: 1 });
    await bench.arrived("a");
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const stops = [server.stop({ graceMs: Number.POSITIVE_INFINITY }), server.stop()];
    await turns();
    vi.advanceTimersByTime(60_000);
    await bench.open("a");
    expect(await peer.rest()).toEqual([{ out: "wait", id: 1, result: "a" }]);
    peer.socket.end();
    await Promise.all(stops);
    await server.stop();
  });
});

describe("A connection that does not show what it speaks", () => {
  test("is closed, counted and logged when its first bytes are nobody's", async () => {
    const { address, server, logged } = await served();
    const peer = await RawPeer.to(address);
    peer.write(Buffer.from("SSH-2.0-client\r\n"));
    await expect(peer.rest()).resolves.toEqual([]);
    expect(server.counters.undetected).toBe(1);
    expect(logged).toEqual([expect.stringMatching(/^Closed tcp:.* nobody here speaks what it began with\.$/u)]);
  });

  test("is closed after its time, which begins with its first byte, even if it sends a byte now and then", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    const { address, server, logged } = await served({ detectTimeoutMs: 2000 });
    const slow = await RawPeer.to(address);
    await until(() => server.counters.open === 1);
    vi.advanceTimersByTime(50_000);
    for (let n = 1; n <= 3; n += 1) {
      slow.write(Uint8Array.of(20));
      await until(() => server.counters.bytesIn === n);
      vi.advanceTimersByTime(500);
      await turns();
      vi.advanceTimersByTime(500);
      await turns();
    }
    await slow.rest();
    expect(server.counters.undetected).toBe(1);
    expect(logged).toEqual([expect.stringContaining("it did not show in time what it speaks")]);
  });

  test.each([
    [60_000, "async", {}],
    [10_000, "single", {}],
    [3000, "async", { firstByteTimeoutMs: 3000 }],
    [90_000, "single", { firstByteTimeoutMs: 90_000 }],
  ] as const)(
    "is closed after %i ms under the model %s where it says nothing at all, and answered until then",
    async (limitMs, model, options) => {
      vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
      const { address, server, logged } = await served({ model, ...options });
      const late = await RawPeer.to(address);
      await until(() => server.counters.open === 1);
      vi.advanceTimersByTime(limitMs);
      late.say({ in: "tools.ping", params: "x" });
      expect(await late.hear()).toEqual({ out: "pong", result: "x" });
      late.socket.end();
      await until(() => server.counters.open === 0);
      const silent = await RawPeer.to(address);
      await until(() => server.counters.open === 1);
      vi.advanceTimersByTime(limitMs + 500);
      await silent.rest();
      expect(server.counters.undetected).toBe(1);
      expect(logged).toEqual([expect.stringContaining("it has not said anything in time")]);
    },
  );
});

describe("A frame that arrives too slowly", () => {
  test("gets an error, and costs its own connection alone", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    const { address, server, logged } = await served({ requestTimeoutMs: 2000 });
    const [slow, other] = [await RawPeer.to(address), await RawPeer.to(address)];
    const body = slow.packed('{"in":"tools.ping","params":"never whole"}');
    slow.write(body.subarray(0, 10));
    await until(() => server.counters.bytesIn === 10);
    for (let n = 1; n <= 5; n += 1) {
      slow.write(body.subarray(9 + n, 10 + n));
      await until(() => server.counters.bytesIn === 10 + n);
      vi.advanceTimersByTime(500);
      await turns();
    }
    expect(await slow.rest()).toEqual([
      { out: "error", result: { code: "deadline_exceeded", message: expect.stringContaining("2000 ms") } },
    ]);
    expect(logged).toEqual([expect.stringContaining("took too long")]);
    other.say({ in: "tools.ping", params: "x" });
    expect(await other.hear()).toEqual({ out: "pong", result: "x" });
  });
});

describe("An idle connection", () => {
  test("is closed after its time, in peace, unless a call is open", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    const { address, server, bench } = await served({ idleTimeoutMs: 5000 });
    const idle = await RawPeer.to(address);
    const busy = await RawPeer.to(address);
    idle.say({ in: "tools.ping", params: 1 });
    await idle.hear();
    busy.say({ in: "wait", params: "a" });
    await bench.arrived("a");
    vi.advanceTimersByTime(4000);
    idle.say({ in: "tools.ping", params: 2 });
    await idle.hear();
    vi.advanceTimersByTime(4000);
    await turns();
    expect(server.counters.open).toBe(2);
    vi.advanceTimersByTime(2000);
    expect(await idle.rest()).toEqual([]);
    expect(idle.socket.errored).toBeNull();
    idle.socket.end();
    await until(() => server.counters.open === 1);
    vi.advanceTimersByTime(60_000);
    await bench.open("a");
    expect(await busy.hear()).toEqual({ out: "wait", result: "a" });
  });
});

describe("Listening", () => {
  test("gives back every address when one cannot be had, and names that one", async () => {
    const place = socketPlace();
    const wrong = "unix:///no/such/folder/s";
    await expect(serve([], { listen: [place, wrong], log: () => {} })).rejects.toThrow(`Cannot listen on ${wrong}: `);
    expect(existsSync(place.slice(7))).toBe(false);
    const server = await serve([], { listen: [place], log: () => {} });
    await server.stop({ graceMs: 0 });
  });

  test("refuses a port that is taken, in a sentence", async () => {
    const { address } = await served();
    await expect(serve([], { listen: [address], log: () => {} })).rejects.toThrow(
      new RegExp(`^Cannot listen on ${address}: .*EADDRINUSE`, "u"),
    );
  });

  test("refuses what is no address, in a sentence", async () => {
    for (const url of ["http://127.0.0.1:1", "tcp://127.0.0.1", "tcp://127.0.0.1:99999", "unix://", "127.0.0.1:80"])
      await expect(serve([], { listen: [url], log: () => {} })).rejects.toThrow(/write .*, say\.|write tcp:/u);
  });

  test("on port 0 says which it was given, on IPv6 too", async () => {
    const server = await serve([], { listen: ["tcp://127.0.0.1:0", "tcp://[::1]:0"], log: () => {} });
    expect(server.addresses).toEqual([
      expect.stringMatching(/^tcp:\/\/127\.0\.0\.1:[1-9]\d*$/u),
      expect.stringMatching(/^tcp:\/\/\[::1\]:[1-9]\d*$/u),
    ]);
    await server.stop();
  });

  test("replaces a socket file that nobody listens on", async () => {
    const place = socketPlace();
    const path = place.slice(7);
    const killed = createServer().listen(`${path}.first`);
    await once(killed, "listening");
    linkSync(`${path}.first`, path);
    killed.close();
    await once(killed, "close");
    expect(existsSync(path)).toBe(true);
    const { server } = await served({ listen: [place] });
    await using client = connect("tools", place.replace("unix:", "frame+unix:"));
    expect(await client["ping"]?.("x")).toBe("x");
    await server.stop({ graceMs: 0 });
    expect(existsSync(path)).toBe(false);
  });

  test("leaves a socket alone that somebody listens on, and a file that is no socket", async () => {
    const place = socketPlace();
    await served({ listen: [place] });
    await expect(serve([], { listen: [place], log: () => {} })).rejects.toThrow("EADDRINUSE");
    await using client = connect("tools", place.replace("unix:", "frame+unix:"));
    expect(await client["ping"]?.("x")).toBe("x");
    const file = socketPlace();
    writeFileSync(file.slice(7), "mine");
    await expect(serve([], { listen: [file], log: () => {} })).rejects.toThrow("EADDRINUSE");
    expect(existsSync(file.slice(7))).toBe(true);
  });
});

test("A server without services still answers, with an error", async () => {
  const Nothing = service("a.Nothing", { missing: unary() });
  expect(() => implement(Nothing, {} as never)).toThrow("Service a.Nothing lacks a function for: missing.");
  const server = await serve([], { listen: ["tcp://127.0.0.1:0"], log: () => {} });
  await using client = connect(Nothing, (server.addresses[0] ?? "").replace("tcp:", "frame:"));
  await expect(client.missing()).rejects.toMatchObject({ code: "unimplemented" });
  await server.stop({ graceMs: 0 });
});
