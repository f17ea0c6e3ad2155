import { connect as connectNode } from "node:http2";
import { connect } from "callwire/client";
import { functions, serve } from "callwire";
import { describe, expect, onTestFinished, test } from "vitest";
import { NO_FIELDS } from "../../src/call/fields.js";
import type { CallHead, Sink } from "../../src/call/sink.js";
import { OK, type Status } from "../../src/call/status.js";
import { FLAG, FRAME } from "../../src/transports/http2/frame.js";
import { grpcClient } from "../../src/wires/grpc/client.js";
import type { HttpIn, HttpRequest } from "../../src/wires/http.js";
import { DEFAULT_LIMITS } from "../../src/wires/limits.js";
import { saying } from "../grpc/message.js";
import { Echo } from "./echo.js";
import { Heard } from "./heard.js";
import { goodbye } from "./raw-grpc.js";
import { frame, headers, RawHttp2, rawServer, settings } from "./raw-http2.js";
import { connected, quiet, served } from "./served.js";

const CALL: HttpRequest = { method: "POST", path: "/call", query: "", fields: [] };
const LOST: Status = { code: "unavailable", message: "The connection was lost.", details: [], trailers: [] };

/** Hears of refusals, as those do who can make a call again. */
class Patient extends Heard {
  refused(status: Status, sent: boolean): void {
    this.told.push(`refused ${status.code}${sent ? "" : " unsent"}`);
  }
}

function ask(client: Awaited<ReturnType<typeof connected>>): Patient {
  const heard = new Patient();
  heard.out = client.ask(CALL, heard, "x");
  return heard;
}

describe("A request that nobody can have looked at", () => {
  test("is one that has not left when the connection is lost; others may have been.", async () => {
    const { port } = await served(new Echo().serve);
    const client = await connected(port);
    const left = ask(client);
    await new Promise(setImmediate);
    const kept = ask(client);
    client.lost(LOST);
    expect(left.told).toEqual(["reset unavailable"]);
    expect(kept.told).toEqual(["refused unavailable unsent"]);
  });

  test("is none where this end has closed the connection itself.", async () => {
    const { port } = await served(new Echo().serve);
    const client = await connected(port);
    const heard = ask(client);
    client.lost({ ...LOST, code: "canceled" });
    expect(heard.told).toEqual(["reset canceled"]);
  });

  test("is one above the last stream of a goodbye; below it, a connection that is lost may have answered.", async () => {
    const port = await rawServer(async (server) => {
      server.write(settings(), frame(FRAME.settings, { flags: FLAG.ack }));
      await server.until((each) => each.type === FRAME.headers && each.id === 3);
      server.write(goodbye(1));
      server.socket.end();
    });
    const client = await connected(port);
    const calls = [ask(client), ask(client)];
    await calls[0]?.over;
    expect(calls.map(({ told }) => told)).toEqual([["reset unavailable"], ["refused unavailable"]]);
  });

  test("may not be one whose answer has begun, whatever its server says.", async () => {
    const port = await rawServer(async (server) => {
      server.write(settings(), frame(FRAME.settings, { flags: FLAG.ack }));
      await server.until((each) => each.type === FRAME.headers);
      server.write(headers(1, [[":status", "200"]]), goodbye(0));
    });
    const client = await connected(port);
    const heard = ask(client);
    await heard.over;
    expect(heard.told).toEqual(["answer 200", "reset unavailable"]);
  });
});

describe("A call of gRPC", () => {
  const head: CallHead = {
    path: "a.B/c",
    codec: "proto",
    timeoutMs: undefined,
    fields: NO_FIELDS,
    peer: { address: "" },
    positional: false,
  };

  /** A call, and what its ways come to: `true`, it had left; `false`, it had not. */
  function refusedAs(ways: readonly boolean[]): { asked: string[]; ended: Status[] } {
    const asked: string[] = [];
    const ended: Status[] = [];
    const reply: Sink = { head() {}, message: () => true, end: (status) => ended.push(status), drain() {} };
    const again: { in: HttpIn | undefined } = { in: undefined };
    const dispatch = grpcClient(
      (_request, heard, body) => {
        again.in = heard;
        asked.push(Buffer.from(body as Uint8Array).toString("latin1")); // this wire sends bytes
        return {
          respond() {},
          head() {},
          data: () => true,
          trailers() {},
          resume() {},
          reset() {},
          upgrade: () => false,
        };
      },
      { limits: DEFAULT_LIMITS, peer: { address: "" }, again: (opening, to) => dispatch(opening, to) },
    );
    dispatch(head, reply).end(OK, saying("hello"));
    for (const sent of ways) again.in?.refused?.(LOST, sent);
    return { asked, ended };
  }

  test("that never left is made again as often as that happens, and each time the same.", () => {
    const { asked, ended } = refusedAs([false, false, false, false]);
    expect(asked).toHaveLength(5);
    expect(new Set(asked).size).toBe(1);
    expect(ended).toEqual([]);
  });

  test("that was refused is made again once, however often it had not left before and after.", () => {
    const { asked, ended } = refusedAs([false, true, false, true]);
    expect(asked).toHaveLength(4);
    expect(ended).toEqual([LOST]);
  });
});

describe("Sessions that are over", () => {
  test("may be asked for a sign of life, pinged and told the time, and say nothing.", async () => {
    const { port } = await served(new Echo().serve);
    const client = await connected(port);
    client.lost(LOST);
    const before = client.output.length;
    client.verify();
    client.retire();
    client.tick(1_000_000_000);
    client.drained();
    client.finish();
    client.receive(frame(FRAME.ping, {}, Buffer.alloc(8)));
    expect(client.output.length).toBe(before);
    const { session } = quiet(
      new Echo().serve,
      {},
      { keepalive: { timeMs: 1, timeoutMs: 1, minTimeMs: 1, permitWithoutCalls: true, maxIdleMs: 1 } },
    );
    session.lost(LOST);
    const { length } = session.output;
    session.tick(1_000_000);
    session.retire();
    session.receive(frame(FRAME.ping, {}, Buffer.alloc(8)));
    expect([session.output.length, session.open]).toEqual([length, 0]);
  });
});

test("Hundreds of clients that come, call and go, in peace and not, leave nothing behind.", async () => {
  const tools = functions("tools", { echo: (text: string) => text });
  const server = await serve([tools], { listen: ["tcp://127.0.0.1:0"], log: () => {} });
  onTestFinished(() => server.stop({ graceMs: 0 }));
  const url = (server.addresses[0] ?? "").replace("tcp:", "grpc:");
  const port = Number(new URL(server.addresses[0] ?? "").port);
  const come = async (n: number): Promise<void> => {
    if (n % 4 !== 1) {
      // Says a part of the first words, and is gone.
      const peer = await RawHttp2.silent(port);
      peer.write(Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").subarray(0, n % 24));
      if (n % 2 === 0) peer.socket.resetAndDestroy();
      else peer.socket.destroy();
      await peer.closed;
      return;
    }
    const client = connect<typeof tools>("tools", url, { pingIntervalMs: 1000, pingIdleConnection: true });
    expect(await client.echo(String(n))).toBe(String(n));
    // Some leave with a call open, which is then nobody's.
    if (n % 3 === 0) client.echo("late").catch(() => {});
    await client[Symbol.asyncDispose]();
  };
  const many = async (count: number): Promise<void> => {
    for (let n = 0; n < count; n += 50) await Promise.all(Array.from({ length: 50 }, (_, i) => come(n + i)));
    while (server.counters.open > 0) await new Promise(setImmediate);
    for (let n = 0; n < 10; n += 1) await new Promise(setImmediate);
  };
  // What other tests have left in this process may go meanwhile, but nothing may come.
  const resources = (): Map<string, number> => {
    const counts = new Map<string, number>();
    for (const kind of process.getActiveResourcesInfo()) counts.set(kind, (counts.get(kind) ?? 0) + 1);
    return counts;
  };
  await many(50);
  const before = resources();
  await many(400);
  for (const [kind, count] of resources())
    expect({ kind, count }).toEqual({ kind, count: Math.min(count, before.get(kind) ?? 0) });
  expect(server.counters.protocolErrors).toBe(0);
}, 60_000);

test("node:http2 hears a goodbye in two steps, and its open requests are answered.", async () => {
  const echo = new Echo();
  const { port, connections } = await served(echo.serve);
  const client = connectNode(`http://127.0.0.1:${port}`);
  onTestFinished(() => client.destroy());
  const last: number[] = [];
  client.on("goaway", (_code: number, id: number) => last.push(id));
  const stream = client.request({ ":path": "/hang", ":method": "POST" });
  stream.end("x");
  while (echo.held.length === 0) await new Promise(setImmediate);
  const stopped = connections.stop(5000);
  while (last.length < 2) await new Promise(setImmediate);
  expect(last).toEqual([0x7fff_ffff, 1]);
  echo.held[0]?.respond({ status: 200, fields: [] }, "after all");
  let body = "";
  for await (const part of stream) body += String(part);
  expect(body).toBe("after all");
  await stopped;
});
