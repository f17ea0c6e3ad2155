import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { ask, fixture, lives, served, serveBuilt, until, whoami, WITH_WORKERS } from "./served.js";
import { functions } from "../../src/contract/functions.js";

describe("Connections", () => {
  test("under single a second one gets its first answer only after the first has closed", async () => {
    const { connect } = await served("single");
    const [one, two] = [await connect(), await connect()];
    let answered = false;
    const second = ask(two, "ping", "two").then((answer) => {
      answered = true;
      return answer;
    });
    for (let i = 0; i < 20; i += 1) expect(await ask(one, "ping", i)).toBe(i);
    expect(answered).toBe(false);
    one.socket.end();
    expect(await second).toBe("two");
  });

  test.each(["threads", "processes"] as const)(
    "under %s each has a worker of its own, and none waits for another's method",
    async (model) => {
      const { connect } = await served(model);
      const [one, two] = [await connect(), await connect()];
      const [me, other] = [await whoami(one), await whoami(two)];
      expect(`${me.pid} ${me.threadId}`).not.toBe(`${other.pid} ${other.threadId}`);
      let spun = false;
      const spin = ask(one, "spin", 1000).then(() => (spun = true));
      expect(await ask(two, "ping", "x")).toBe("x");
      expect(spun).toBe(false);
      await spin;
    },
  );

  test("under prefork with two workers two are served at once, and the third when one of them has closed", async () => {
    const { connect } = await served("prefork");
    const [one, two, three] = [await connect(), await connect(), await connect()];
    const third = ask(three, "ping", "three");
    expect((await whoami(one)).pid).not.toBe((await whoami(two)).pid);
    const sooner = await Promise.race([third, ask(one, "ping", "one")]);
    expect(sooner).toBe("one");
    two.socket.end();
    expect(await third).toBe("three");
  });

  test("under prefork-async they are spread evenly, and each worker has many", async () => {
    const { connect } = await served("prefork-async");
    const peers = await Promise.all(Array.from({ length: 8 }, connect));
    const pids = await Promise.all(peers.map(async (peer) => (await whoami(peer)).pid));
    const counts = [...new Set(pids)].map((pid) => pids.filter((each) => each === pid).length);
    expect(counts).toEqual([4, 4]);
  });
});

describe("Calls", () => {
  test.each(["async", "pool", "prefork-async"] as const)(
    "under %s 1,000 that wait on one connection wait together",
    async (model) => {
      const { connect } = await served(model);
      const peer = await connect();
      const begin = performance.now();
      peer.say(...Array.from({ length: 1000 }, (_, id) => ({ in: "sleep", params: 100, id })));
      const ids = new Set<unknown>();
      while (ids.size < 1000) ids.add(((await peer.hear()) as { id: unknown }).id);
      // One after the other they would take 100 s.
      expect(performance.now() - begin).toBeLessThan(10_000);
    },
  );

  test("under pool one that blocks keeps no other of its connection waiting, and both threads answer", async () => {
    const { connect } = await served("pool");
    const peer = await connect();
    const threads = new Set<number>();
    peer.say(...Array.from({ length: 20 }, (_, id) => ({ in: "whoami", id })));
    for (let i = 0; i < 20; i += 1)
      threads.add(((await peer.hear()) as { result: { threadId: number } }).result.threadId);
    expect(threads.size).toBe(2);
    peer.say({ in: "spin", params: 1000, id: "spin" }, { in: "ping", params: "x", id: "ping" });
    expect(await peer.hear()).toMatchObject({ id: "ping", out: "pong", result: "x" });
    expect(await peer.hear()).toMatchObject({ id: "spin", result: 1000 });
  });
});

describe("A worker that dies", () => {
  test("under prefork-async takes its own connections with it and no other, and is replaced", async () => {
    const { connect, logged } = await served("prefork-async");
    const [one, two] = [await connect(), await connect()];
    const { pid } = await whoami(one);
    const closed = once(one.socket, "end");
    process.kill(pid, "SIGKILL");
    for (let i = 0; i < 50; i += 1) expect(await ask(two, "ping", i)).toBe(i);
    await closed;
    const others = new Set<number>();
    await until(async () => {
      others.add((await whoami(await connect())).pid);
      return others.size >= 2;
    });
    expect(others.has(pid)).toBe(false);
    expect(logged.join("\n")).toContain("SIGKILL");
  });

  test("under pool ends its calls as unavailable, and the connection lives on", async () => {
    const { connect } = await served("pool");
    const peer = await connect();
    peer.say({ in: "exit", params: 3, id: 1 });
    expect(await peer.hear()).toMatchObject({ id: 1, out: "error", result: { code: "unavailable" } });
    for (let i = 0; i < 20; i += 1) expect(await ask(peer, "ping", i)).toBe(i);
  });
});

describe.each(WITH_WORKERS)("Under %s", (model) => {
  test("stop() lets open calls end, and reaps every worker", async () => {
    const { connect, server } = await served(model);
    const peer = await connect();
    const { pid } = await whoami(peer);
    const answer = ask(peer, "sleep", 200);
    await ask(await (model === "prefork" ? connect() : connect()), "ping", "x");
    const stopped = server.stop({ graceMs: 5000 });
    expect(await answer).toBe(200);
    await stopped;
    if (pid !== process.pid) expect(lives(pid)).toBe(false);
    expect(server.stop()).toBe(stopped);
  });

  test("stop() ends within its grace though a method blocks its worker", async () => {
    const { connect, server } = await served(model);
    const peer = await connect();
    const { pid } = await whoami(peer);
    peer.say({ in: "spin", params: 60_000 });
    await new Promise((resolve) => peer.socket.write("", resolve));
    await server.stop({ graceMs: 100 });
    if (pid !== process.pid) expect(lives(pid)).toBe(false);
  });

  test("live functions and live interceptors are refused with a sentence that says what to do", async () => {
    const live = functions("live", { ping: (text: string) => text });
    await expect(serveBuilt([live], { model, listen: ["tcp://127.0.0.1:0"] })).rejects.toThrow(/import\.meta\.url/u);
    const interceptors = [(next: (call: never) => unknown) => next];
    await expect(serveBuilt(fixture("tools.mjs"), { model, interceptors } as never)).rejects.toThrow(
      /export const interceptors/u,
    );
  });

  test("reload() replaces every worker, and no call fails meanwhile", async () => {
    const { connect, server } = await served(model, { workers: 2 });
    const before = new Set<string>();
    for (let i = 0; i < 2; i += 1) {
      const peer = await connect();
      const { pid, threadId } = await whoami(peer);
      before.add(`${pid} ${threadId}`);
      peer.socket.end();
      await once(peer.socket, "close");
    }
    let over = false;
    const load = (async () => {
      while (!over) {
        const peer = await connect();
        expect(await ask(peer, "ping", "x")).toBe("x");
        peer.socket.end();
      }
    })();
    await server.reload();
    over = true;
    await load;
    const { pid, threadId } = await whoami(await connect());
    expect(before.has(`${pid} ${threadId}`)).toBe(false);
  });
});
