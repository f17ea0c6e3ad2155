import { fork } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { RawPeer } from "../frame/raw-peer.js";
import { ask, fixture, lives, MODELS, served, serveBuilt, until, whoami, WITH_WORKERS, paced } from "./served.js";

describe.each(MODELS)("Model %s", (model) => {
  test("Stopping answers the calls that are open, and a second stop() is the first.", async () => {
    const { server, connect } = await served(model);
    const peer = await connect();
    await ask(peer, "ping", 1);
    peer.say({ in: "sleep", params: 50, id: 1 });
    await new Promise(setImmediate);
    const stopped = server.stop({ graceMs: 5000 });
    expect(server.stop({ graceMs: 0 })).toBe(stopped);
    expect(await peer.rest()).toEqual([expect.objectContaining({ id: 1, result: 50 })]);
    peer.socket.destroy();
    await stopped;
    await expect(connect()).rejects.toThrow();
  });
});

describe.each(WITH_WORKERS)("Model %s", (model) => {
  test("Stopping does not wait for a worker that is blocked, beyond its grace and a second.", async () => {
    const { server, connect } = await served(model);
    const peer = await connect();
    const { pid } = await whoami(peer);
    peer.say({ in: "spin", params: 20_000, id: 1 });
    await new Promise((resolve) => setTimeout(resolve, 50));
    const began = performance.now();
    await server.stop({ graceMs: 100 });
    // The worker would be busy for 20 s.
    expect(performance.now() - began).toBeLessThan(5000);
    if (pid !== process.pid) expect(lives(pid)).toBe(false);
  });

  test("Reloading under load replaces every worker, and no call and no connection fails.", async () => {
    const { server, connect } = await served(model, { workers: 3 });
    const busy = await connect();
    const before = await whoami(busy);
    let going = true;
    let calls = 0;
    const load = (async () => {
      for (; going; calls += 1) await paced(ask(busy, "add", [calls, 1]));
    })();
    const coming = (async () => {
      for (; going;) {
        const peer = await connect();
        await paced(ask(peer, "ping", 1));
        peer.socket.destroy();
      }
    })();
    await server.reload();
    const after = await whoami(await connect());
    expect(after).not.toEqual(before);
    going = false;
    await Promise.all([load, coming]);
    expect(calls).toBeGreaterThan(0);
    busy.socket.destroy();
    if (before.pid !== process.pid) await until(() => !lives(before.pid));
  });
});

test.each(["processes", "prefork", "prefork-async"] as const)(
  "A parent under %s that is killed leaves no orphan, blocked or not.",
  async (model) => {
    const parent = fork(fixture("parent.mjs"), [model]);
    const [{ address }] = (await once(parent, "message")) as [{ address: string }]; // what it sends
    const [one, other] = [await RawPeer.to(address), await RawPeer.to(address)];
    const pids = [(await whoami(one)).pid, (await whoami(other)).pid];
    one.say({ in: "spin", params: 300, id: 1 });
    await ask(other, "ping", 1);
    parent.kill("SIGKILL");
    await until(() => !pids.some(lives));
  },
);

test("A parent that exits takes its children along, blocked or not.", async () => {
  const parent = fork(fixture("parent.mjs"), ["prefork"]);
  const [{ address }] = (await once(parent, "message")) as [{ address: string }]; // what it sends
  const peer = await RawPeer.to(address);
  const { pid } = await whoami(peer);
  peer.say({ in: "spin", params: 20_000, id: 1 });
  await ask(await RawPeer.to(address), "ping", 1);
  parent.send("exit");
  await until(() => !lives(pid));
});

test.each([
  ["single", 60],
  ["async", 60],
  ["pool", 2],
  ["threads", 2],
  ["processes", 2],
  ["prefork", 2],
  ["prefork-async", 2],
] as const)(
  "Under %s %i starts and stops leave no process, file descriptor, timer or listener.",
  async (model, cycles) => {
    const cycle = async (): Promise<void> => {
      const server = await serveBuilt(fixture("tools.mjs"), {
        model,
        workers: 1,
        listen: ["tcp://127.0.0.1:0"],
        log: () => {},
      });
      const peer = await RawPeer.to(server.addresses[0]);
      await ask(peer, "ping", 1);
      peer.socket.destroy();
      await server.stop();
    };
    await cycle();
    const listeners = (): number => process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0);
    const resources = (): number =>
      process.getActiveResourcesInfo().filter((name) => /Server|Process|Timeout|Pipe|Port/u.test(name)).length;
    const before = [readdirSync("/proc/self/fd").length, listeners(), resources()];
    for (let n = 0; n < cycles; n += 1) await cycle();
    await until(() => readdirSync("/proc/self/fd").length <= (before[0] ?? 0) && resources() <= (before[2] ?? 0));
    expect(listeners()).toBe(before[1]);
  },
);
