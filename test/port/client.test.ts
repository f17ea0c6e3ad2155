import { connect, type ConnectOptions, type FunctionsClient, withOptions } from "callwire/client";
import { once } from "node:events";
import { gunzipSync } from "node:zlib";
import { describe, expect, onTestFinished, test } from "vitest";
import { served } from "../frame/served.js";
import { echoJson, type HttpPeer, httpPeer } from "./http-peer.js";

/** What is called here. */
interface Tools {
  add(a: number, b: number): number;
  wait(key: string): string;
  args(...args: unknown[]): unknown[];
}

function tools(url: string, options: ConnectOptions = {}): FunctionsClient<Tools> {
  const client = connect<Tools>("tools", url, options);
  onTestFinished(() => client[Symbol.asyncDispose]());
  return client;
}

/** Waits, turn by turn, until something holds. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise(setImmediate);
}

const WIRES = ["jsonrpc", "xmlrpc"] as const;

describe.each(WIRES)("A client of %s over HTTP", (wire) => {
  const url = (address: string): string => address.replace("tcp:", `${wire}:`);

  test("makes calls one after the other on one connection.", async () => {
    const { address, server } = await served();
    const client = tools(url(address));
    for (let n = 0; n < 20; n += 1) expect(await client.add(n, 1)).toBe(n + 1);
    expect(server.counters).toMatchObject({ connections: 1, open: 1 });
  });

  test("opens a connection for each call at the same time, up to 16, and keeps them for the next.", async () => {
    const { address, server } = await served();
    const client = tools(url(address));
    for (let round = 0; round < 3; round += 1) {
      const answers = await Promise.all(Array.from({ length: 100 }, (_, n) => client.add(n, 1)));
      expect(answers).toEqual(Array.from({ length: 100 }, (_, n) => n + 1));
    }
    expect(server.counters).toMatchObject({ connections: 16, open: 16 });
  });

  test("has no more connections than it may, and further calls wait their turn.", async () => {
    const { address, server, bench } = await served();
    const client = tools(url(address), { connections: 2 });
    const over: string[] = [];
    const calls = ["a", "b", "c", "d"].map((key) => client.wait(key).then((answer) => over.push(answer)));
    await Promise.all([bench.arrived("a"), bench.arrived("b")]);
    expect(server.counters.open).toBe(2);
    await bench.open("b");
    await bench.arrived("c");
    await bench.open("c");
    await bench.arrived("d");
    await bench.open("d");
    await bench.open("a");
    await Promise.all(calls);
    expect(over).toEqual(["b", "c", "d", "a"]);
    expect(server.counters.connections).toBe(2);
  });

  test("gives up a call, of which the server hears, and its place goes to the next.", async () => {
    const { address, bench, server } = await served();
    const client = tools(url(address), { connections: 1 });
    const controller = new AbortController();
    const cancelled = withOptions(client, { signal: controller.signal }).wait("cancelled");
    const waits = client.wait("next");
    await bench.arrived("cancelled");
    controller.abort();
    await expect(cancelled).rejects.toMatchObject({ code: "canceled" });
    await bench.open("next");
    expect(await waits).toBe("next");
    expect(bench.heard).toEqual([expect.stringMatching(/^cancelled: (?:canceled|unavailable)$/u)]);
    await until(() => server.counters.open === 1);
    expect(server.counters.connections).toBe(2);
  });

  test("gives up a call that waits for its turn, and the server never hears of it.", async () => {
    const { address, bench } = await served();
    const client = tools(url(address), { connections: 1 });
    const controller = new AbortController();
    const first = client.wait("first");
    await bench.arrived("first");
    const cancelled = withOptions(client, { signal: controller.signal }).wait("cancelled");
    const late = withOptions(client, { timeoutMs: 5 }).wait("late");
    const last = client.wait("last");
    controller.abort();
    await expect(cancelled).rejects.toMatchObject({ code: "canceled" });
    await expect(late).rejects.toMatchObject({ code: "deadline_exceeded" });
    await bench.open("first");
    expect(await first).toBe("first");
    await bench.open("last");
    expect(await last).toBe("last");
    expect(bench.heard).toEqual([]);
  });

  test("that is disposed ends its calls as canceled, those that wait for their turn too, and makes no more.", async () => {
    const { address, bench, server } = await served();
    const client = tools(url(address), { connections: 1 });
    const calls = ["open", "waits", "waits too"].map((key) => client.wait(key));
    const ends = Promise.allSettled(calls);
    await bench.arrived("open");
    const disposed = client[Symbol.asyncDispose]();
    for (const end of await ends) expect(end).toMatchObject({ status: "rejected", reason: { code: "canceled" } });
    await expect(client.add(1, 2)).rejects.toMatchObject({ code: "unavailable" });
    // The method is given up, and the connection with it.
    await disposed;
    await until(() => server.counters.open === 0);
    expect(server.counters.connections).toBe(1);
  });

  test("whose server cannot be reached says so to each call.", async () => {
    const { address, server } = await served();
    const client = tools(url(address));
    expect(await client.add(1, 2)).toBe(3);
    await server.stop({ graceMs: 0 });
    const ends = await Promise.allSettled([client.add(1, 2), client.add(3, 4)]);
    for (const end of ends) expect(end).toMatchObject({ status: "rejected", reason: { code: "unavailable" } });
  });
});

/** A client of a peer that answers JSON-RPC. */
async function withPeer(
  prepare: (peer: HttpPeer) => void = () => {},
): Promise<HttpPeer & { client: FunctionsClient<Tools> }> {
  const peer = await httpPeer(echoJson);
  prepare(peer);
  return { ...peer, client: tools(`jsonrpc://${peer.place}`) };
}

describe("A connection", () => {
  test("that the server has closed meanwhile is not used for the next call.", async () => {
    const { client, server, sockets } = await withPeer();
    for (let n = 0; n < 5; n += 1) {
      expect(await client.args(n)).toEqual([n]);
      const socket = sockets[n];
      if (socket === undefined) throw new Error("The call came by no connection.");
      const closed = once(socket, "close");
      server.closeIdleConnections();
      await closed;
      // The client hears of it in the next turn.
      for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
    }
    expect(sockets).toHaveLength(5);
  });

  test("that the server keeps for a second only is not trusted, and one that it keeps for five is.", async () => {
    const short = await withPeer(({ server }) => (server.keepAliveTimeout = 1000));
    for (let n = 0; n < 3; n += 1) expect(await short.client.args(n)).toEqual([n]);
    expect(short.sockets).toHaveLength(3);
    const long = await withPeer(({ server }) => (server.keepAliveTimeout = 60_000));
    for (let n = 0; n < 3; n += 1) expect(await long.client.args(n)).toEqual([n]);
    expect(long.sockets).toHaveLength(1);
  });

  test("that the server says it will close is not used for the next call.", async () => {
    const { client, sockets } = await withPeer(({ server }) => (server.maxRequestsPerSocket = 2));
    for (let n = 0; n < 6; n += 1) expect(await client.args(n)).toEqual([n]);
    expect(sockets).toHaveLength(3);
  });

  test("that is lost in the middle of a call ends that call as unavailable, and the next has a new one.", async () => {
    const { place } = await httpPeer((heard, response) => {
      if (!heard.body.includes("lost")) return echoJson(heard, response);
      response.socket?.destroy();
    });
    const client = tools(`jsonrpc://${place}`, { connections: 1 });
    expect(await client.args("first")).toEqual(["first"]);
    await expect(client.args("lost")).rejects.toMatchObject({ code: "unavailable" });
    expect(await client.args("last")).toEqual(["last"]);
  });
});

describe("With gzip", () => {
  test("long requests are sent in gzip, with their length, and short ones as they are.", async () => {
    const long = "a long text ".repeat(1000);
    const { place, heard } = await httpPeer(({ bytes, headers, ...rest }, response) => {
      const body = headers["content-encoding"] === "gzip" ? gunzipSync(bytes).toString() : rest.body;
      return echoJson({ ...rest, bytes, headers, body }, response);
    });
    const client = tools(`jsonrpc://${place}`, { gzip: true });
    expect(await client.args(long)).toEqual([long]);
    expect(await client.args("short")).toEqual(["short"]);
    expect(heard.map(({ headers }) => headers["content-encoding"])).toEqual(["gzip", undefined]);
    expect(heard[0]?.bytes.length).toBeLessThan(1000);
    expect(heard[0]?.headers["content-length"]).toBe(String(heard[0]?.bytes.length));
  });

  test.each(WIRES)("our own server reads requests of %s, and answers in gzip.", async (wire) => {
    const { address, server } = await served();
    const client = tools(address.replace("tcp:", `${wire}:`), { gzip: true });
    const long = "a long text ".repeat(5000);
    expect(await client.args(long)).toEqual([long]);
    expect(server.counters.bytesIn).toBeLessThan(5000);
    expect(server.counters.bytesOut).toBeLessThan(5000);
  });
});
