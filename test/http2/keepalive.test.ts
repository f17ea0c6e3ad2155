import { describe, expect, test } from "vitest";
import { FLAG, FRAME } from "../../src/transports/http2/frame.js";
import type { ServerKeepalive } from "../../src/wires/wire.js";
import { Echo } from "./echo.js";
import { Far } from "./far.js";
import { frame, PREFACE, request, reset, settings } from "./raw-http2.js";
import { isPing } from "./raw-grpc.js";
import { type Quiet, quiet } from "./served.js";

const NEVER = Number.POSITIVE_INFINITY;
const DEFAULTS: ServerKeepalive = {
  timeMs: 7_200_000,
  timeoutMs: 20_000,
  minTimeMs: 300_000,
  permitWithoutCalls: false,
  maxIdleMs: NEVER,
};
const PING = frame(FRAME.ping, {}, Buffer.from("sequence"));

/** A server whose time passes when told to, and its client, which is the test; the first words have been exchanged. */
async function scene(keepalive: Partial<ServerKeepalive> = {}): Promise<Quiet & { client: Far; echo: Echo }> {
  const echo = new Echo();
  const at = quiet(echo.serve, {}, { keepalive: { ...DEFAULTS, ...keepalive } });
  const client = new Far(at.far);
  client.write(PREFACE, settings(), frame(FRAME.settings, { flags: FLAG.ack }));
  await client.until((each) => each.type === FRAME.settings && each.flags === FLAG.ack);
  return { ...at, client, echo };
}

describe("A server", () => {
  test("asks a silent client for a sign of life, whether or not it has calls, and goes on when it answers.", async () => {
    const { client, pass, session } = await scene();
    for (let round = 0; round < 3; round += 1) {
      pass(7_200_000);
      const ping = await client.until(isPing);
      client.write(frame(FRAME.ping, { flags: FLAG.ack }, ping.payload));
      client.write(request(round * 2 + 1, "/echo", "x"));
      expect(await client.body(round * 2 + 1)).toBe("x");
    }
    expect(session.open).toBe(0);
  });

  test("cuts a client that does not answer, and its calls hear of it.", async () => {
    const { client, pass, echo } = await scene({ timeMs: 1000 });
    client.write(request(1, "/hang", "x"));
    while (echo.held.length === 0) await new Promise(setImmediate);
    pass(1000);
    await client.until(isPing);
    pass(19_500);
    expect(echo.seen).toEqual([]);
    pass(500);
    expect(echo.seen).toEqual(["/hang reset unavailable"]);
    await client.closed;
  });

  test("takes any byte for a sign of life.", async () => {
    const { client, pass, session } = await scene({ timeMs: 1000 });
    client.write(request(1, "/hang", "x"));
    pass(1000);
    await client.until(isPing);
    pass(19_500);
    client.write(PING.subarray(0, 3));
    await client.turns();
    pass(900);
    expect(session.open).toBe(1);
  });

  test("does not ask before its settings are acknowledged in vain, and never where it is not to.", async () => {
    const { client, pass } = await scene({ timeMs: NEVER });
    pass(100_000_000);
    client.write(request(1, "/echo", "x"));
    expect(await client.body(1)).toBe("x");
    expect(client.frames.filter(isPing)).toEqual([]);
  });

  test("lets go of a connection without calls, in peace, and says why.", async () => {
    const { client, pass } = await scene({ maxIdleMs: 10_000 });
    pass(9000);
    client.write(request(1, "/echo", "x"));
    expect(await client.body(1)).toBe("x");
    // A call between two ticks is one.
    pass(10_000);
    expect(client.frames.some((each) => each.type === FRAME.goaway)).toBe(false);
    pass(500);
    const announced = await client.until((each) => each.type === FRAME.goaway);
    expect(announced.payload.subarray(8).toString()).toBe("max_idle");
    await client.pong();
    const goodbye = await client.until((each) => each.type === FRAME.goaway);
    expect([goodbye.payload.readUInt32BE(0), goodbye.payload.readUInt32BE(4)]).toEqual([1, 0]);
    await client.ended;
  });

  test("does not count the time in which a call is open as idle.", async () => {
    const { client, pass, session, echo } = await scene({ maxIdleMs: 10_000 });
    client.write(request(1, "/hang", "x"));
    while (echo.held.length === 0) await new Promise(setImmediate);
    pass(1_000_000);
    expect(session.open).toBe(1);
    expect(client.frames.some((each) => each.type === FRAME.goaway)).toBe(false);
  });
});

describe("A client that sends PINGs", () => {
  test("too often without calls is told so, and cut off; it is counted by name.", async () => {
    const { client, counters } = await scene();
    client.write(PING, PING, PING);
    await client.turns();
    expect(counters.abuse.pings).toBe(0);
    client.write(PING);
    const goodbye = await client.until((each) => each.type === FRAME.goaway);
    expect(goodbye.payload.readUInt32BE(4)).toBe(11);
    expect(goodbye.payload.subarray(8).toString()).toBe("too_many_pings");
    await client.ended;
    expect(counters.abuse.pings).toBe(1);
    expect(counters.protocolErrors).toBe(1);
  });

  test("every five minutes while a call is open is heard.", async () => {
    const { client, pass, counters, echo } = await scene();
    client.write(request(1, "/hang", "x"));
    while (echo.held.length === 0) await new Promise(setImmediate);
    for (let n = 0; n < 6; n += 1) {
      client.write(PING);
      await client.until((each) => each.type === FRAME.ping && each.flags === FLAG.ack);
      pass(300_000);
    }
    expect(counters.abuse.pings).toBe(0);
  });

  test("every minute while a call is open is not.", async () => {
    const { client, pass, echo } = await scene();
    client.write(request(1, "/hang", "x"));
    while (echo.held.length === 0) await new Promise(setImmediate);
    for (let n = 0; n < 4; n += 1) {
      client.write(PING);
      await client.turns();
      pass(60_000);
    }
    expect((await client.until((each) => each.type === FRAME.goaway)).payload.readUInt32BE(4)).toBe(11);
    expect(echo.seen).toEqual(["/hang reset unavailable"]);
  });

  test("without calls may where that is allowed.", async () => {
    const { client, pass, counters } = await scene({ permitWithoutCalls: true, minTimeMs: 1000 });
    for (let n = 0; n < 10; n += 1) {
      client.write(PING);
      await client.until((each) => each.type === FRAME.ping && each.flags === FLAG.ack);
      pass(1000);
    }
    expect(counters.abuse.pings).toBe(0);
  });

  test("to measure how fast data come to it, as C-core, Go and node do, is heard as long as they come.", async () => {
    const { client, counters } = await scene();
    for (let id = 1; id < 200; id += 2) {
      client.write(request(id, "/echo", "data"), PING, PING, PING);
      expect(await client.body(id)).toBe("data");
      await client.turns();
    }
    expect(counters.abuse.pings).toBe(0);
    expect(counters.protocolErrors).toBe(0);
  });
});

describe("A goodbye in two steps", () => {
  test("lets in what was called before it was heard, and passes over what comes after.", async () => {
    const { client, attachment, echo, session } = await scene();
    attachment.retire("max_age");
    const announced = await client.until((each) => each.type === FRAME.goaway);
    expect(announced.payload.readUInt32BE(0)).toBe(0x7fff_ffff);
    expect(announced.payload.subarray(8).toString()).toBe("max_age");
    client.write(request(1, "/hang", "on its way"));
    await client.pong();
    const goodbye = await client.until((each) => each.type === FRAME.goaway);
    expect(goodbye.payload.readUInt32BE(0)).toBe(1);
    client.write(request(3, "/echo", "too late"));
    await client.turns();
    expect(session.open).toBe(1);
    echo.held[0]?.respond({ status: 200, fields: [] }, "after all");
    expect(await client.body(1)).toBe("after all");
    await client.ended;
    expect(client.frames.filter((each) => each.id === 3)).toEqual([]);
  });

  test("goes on without a client that does not answer, in time.", async () => {
    const { client, attachment, pass } = await scene();
    attachment.retire();
    await client.until((each) => each.type === FRAME.goaway);
    pass(1500);
    expect(client.frames.filter((each) => each.type === FRAME.goaway)).toHaveLength(0);
    pass(500);
    expect((await client.until((each) => each.type === FRAME.goaway)).payload.readUInt32BE(0)).toBe(0);
    await client.ended;
  });

  test("is said once, and answers to it that come twice harm nobody.", async () => {
    const { client, attachment, echo, counters } = await scene();
    client.write(request(1, "/hang", "x"));
    while (echo.held.length === 0) await new Promise(setImmediate);
    attachment.retire();
    attachment.retire();
    const ping = await client.until(isPing);
    const pong = frame(FRAME.ping, { flags: FLAG.ack }, ping.payload);
    client.write(pong, pong, reset(1, "CANCEL"));
    await client.ended;
    expect(client.frames.filter((each) => each.type === FRAME.goaway)).toHaveLength(1);
    expect(counters.protocolErrors).toBe(0);
  });
});
