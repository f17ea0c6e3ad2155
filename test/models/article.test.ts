import { describe, expect, test } from "vitest";
import type { Interceptor } from "../../src/server.js";
import { ask, served, serveBuilt, until, whoami, WITH_WORKERS } from "./served.js";

describe("Model single", () => {
  test("A second connection gets its first answer only after the first has closed.", async () => {
    const { connect } = await served("single");
    const first = await connect();
    expect(await ask(first, "ping", "one")).toBe("one");
    const second = await connect();
    let heard = false;
    const answer = ask(second, "ping", "two").then((text) => {
      heard = true;
      return text;
    });
    for (let n = 0; n < 50; n += 1) await ask(first, "ping", n);
    expect(heard).toBe(false);
    first.socket.destroy();
    expect(await answer).toBe("two");
  });

  test("Calls of a connection run one at a time.", async () => {
    const { connect } = await served("single");
    const peer = await connect();
    peer.say({ in: "sleep", params: 30, id: 1 }, { in: "ping", params: "x", id: 2 });
    expect(((await peer.hearAll(2)) as { id: number }[]).map(({ id }) => id)).toEqual([1, 2]);
  });
});

describe.each(["threads", "processes", "prefork"] as const)("Model %s", (model) => {
  test("A method that blocks on one connection does not delay another, and each has a worker of its own.", async () => {
    const { connect } = await served(model);
    const [one, other] = [await connect(), await connect()];
    const [a, b] = [await whoami(one), await whoami(other)];
    expect(a).not.toEqual(b);
    if (model !== "threads") expect(new Set([a.pid, b.pid, process.pid]).size).toBe(3);
    let over = false;
    const spinning = ask(one, "spin", 1000).then(() => (over = true));
    for (let n = 0; n < 20; n += 1) expect(await ask(other, "ping", n)).toBe(n);
    expect(over).toBe(false);
    await spinning;
  });

  test("With two workers a third connection waits, and is served when one of the others closes.", async () => {
    const { connect, server } = await served(model);
    const [one, other] = [await connect(), await connect()];
    await Promise.all([whoami(one), whoami(other)]);
    const third = await connect();
    let heard = false;
    const answer = whoami(third).then((who) => {
      heard = true;
      return who;
    });
    for (let n = 0; n < 20; n += 1) await Promise.all([ask(one, "ping", n), ask(other, "ping", n)]);
    expect(heard).toBe(false);
    expect(server.counters.open).toBe(2);
    one.socket.destroy();
    await answer;
  });

  test("More connections than may wait are refused, and counted.", async () => {
    const { connect, server, logged } = await served(model, { maxWaiting: 1, workers: 1 });
    const one = await connect();
    await whoami(one);
    const waits = await connect();
    const refused = await connect();
    expect(await refused.rest()).toEqual([]);
    expect(server.counters.refused).toBe(1);
    expect(logged.join("\n")).toContain("Refused tcp://127.0.0.1:");
    one.socket.destroy();
    expect(await ask(waits, "ping", "still here")).toBe("still here");
  });

  test("A free worker takes a connection even if none may wait.", async () => {
    const { connect } = await served(model, { maxWaiting: 0, workers: 1 });
    expect(await ask(await connect(), "ping", 1)).toBe(1);
  });
});

test("Under processes more children come while connections wait, and idle ones go.", async () => {
  const { connect, server } = await served("processes", { workers: 4 });
  const peers = await Promise.all([connect(), connect(), connect(), connect()]);
  const pids = await Promise.all(peers.map(async (peer) => (await whoami(peer)).pid));
  expect(new Set(pids).size).toBe(4);
  for (const peer of peers) peer.socket.destroy();
  await until(() => server.counters.open === 0);
  await until(() => pids.filter((pid) => alive(pid)).length <= 2);
});

test("Under async and pool 1,000 calls that wait 100 ms, on one connection, wait at the same time: all take seconds, not 100 s.", async () => {
  for (const model of ["async", "prefork-async", "pool"] as const) {
    const { connect } = await served(model);
    const peer = await connect();
    await ask(peer, "sleep", 1);
    const began = performance.now();
    peer.say(...Array.from({ length: 1000 }, (_, n) => ({ in: "sleep", params: 100, id: n + 1 })));
    await peer.hearAll(1000);
    // 0.2 s on a machine that does nothing else.
    expect(performance.now() - began).toBeLessThan(5000);
  }
});

test("Under prefork-async connections are spread evenly over the processes.", async () => {
  const { connect } = await served("prefork-async");
  const peers = await Promise.all(Array.from({ length: 10 }, connect));
  const pids = await Promise.all(peers.map(async (peer) => (await whoami(peer)).pid));
  const counts = [...new Set(pids)].map((pid) => pids.filter((each) => each === pid).length);
  expect(counts).toEqual([5, 5]);
});

test("A connection that is too old is retired after its answers.", async () => {
  for (const model of ["async", "prefork-async", "threads"] as const) {
    const { connect } = await served(model, { maxConnectionAgeMs: 100 });
    const peer = await connect();
    peer.say({ in: "sleep", params: 1200, id: 1 });
    expect(await peer.rest()).toEqual([expect.objectContaining({ id: 1, result: 1200 })]);
  }
});

test.each(WITH_WORKERS)("Model %s refuses what is live, and says what to do.", async (model) => {
  await expect(serveBuilt([], { model, listen: [] })).rejects.toThrow(
    `Model ${model} loads the service in each worker: give serve() the module's URL`,
  );
  const interceptors: Interceptor[] = [(next) => next];
  await expect(serveBuilt(new URL("file:///x.js"), { model, interceptors, listen: [] })).rejects.toThrow(
    'write "export const interceptors = […]" there',
  );
});

test("A number of workers that is none is refused.", async () => {
  await expect(served("pool", { workers: 0 })).rejects.toThrow("workers is a whole number from 1, and 0 is not.");
});

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
