import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { ask, fixture, lives, result, served, serveBuilt, until, whoami, WITH_WORKERS, paced } from "./served.js";

/** How long it may take until a new worker serves, on a machine that is busy with other tests: a second where it is not. */
const SOON_MS = 10_000;

/** A file in which workers note what they do. */
function notes(): () => string[] {
  const folder = mkdtempSync(join(tmpdir(), "callwire-notes-"));
  const file = join(folder, "notes");
  writeFileSync(file, "");
  process.env["CALLWIRE_TEST_NOTES"] = file;
  onTestFinished(() => {
    delete process.env["CALLWIRE_TEST_NOTES"];
    rmSync(folder, { recursive: true });
  });
  return () => readFileSync(file, "utf8").split("\n").slice(0, -1);
}

describe.each(WITH_WORKERS)("Model %s", (model) => {
  test.each([
    ["exits", { in: "exit", params: 3, id: 1 }],
    ["throws outside of a call", { in: "throwLater", id: 1 }],
  ])("A worker that %s ends its own calls or connections, and no other; a new one serves soon.", async (_, deadly) => {
    const { connect, logged } = await served(model);
    const [one, other] = [await connect(), await connect()];
    await Promise.all([whoami(one), whoami(other)]);
    const sleeping = model === "pool" ? undefined : ask(other, "sleep", 100);
    one.say(deadly);
    if (model === "pool") expect(() => result(undefined)).toThrow();
    if (model === "pool")
      await expect(one.hear().then(result)).rejects.toThrow("unavailable: The worker that answered");
    else expect(await one.rest().catch(() => [])).toEqual([]);
    const began = performance.now();
    if (model === "pool") one.say({ in: "ping", params: "x" });
    const next = model === "pool" ? one : await connect();
    expect(await ask(next, "ping", "again")).toBe(model === "pool" ? "x" : "again");
    expect(performance.now() - began).toBeLessThan(SOON_MS);
    expect(await sleeping).toBe(model === "pool" ? undefined : 100);
    await until(() => logged.some((line) => line.startsWith("Worker ")));
  });

  test("Each worker awaits setup before its first call, and teardown after its last.", async () => {
    const told = notes();
    const { server, connect } = await served(model);
    expect(told().filter((line) => line.startsWith("setup "))).toHaveLength(2);
    await ask(await connect(), "ping", 1);
    await server.stop();
    expect(
      told()
        .filter((line) => line.startsWith("teardown "))
        .toSorted(),
    ).toEqual(
      told()
        .filter((line) => line.startsWith("setup "))
        .map((line) => line.replace("setup", "teardown"))
        .toSorted(),
    );
  });

  test("A module that does not load in a worker rejects serve() with a sentence.", async () => {
    const serving = serveBuilt(fixture("main-only.mjs"), {
      model,
      workers: 2,
      listen: ["tcp://127.0.0.1:0"],
      log: () => {},
    });
    await expect(serving).rejects.toThrow(/main-only\.mjs.*This module is not for workers\./su);
  });

  test("Workers that keep dying as they start end in an error, and not in a spin.", async () => {
    const folder = mkdtempSync(join(tmpdir(), "callwire-crash-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    process.env["CALLWIRE_TEST_CRASH"] = join(folder, "crash");
    onTestFinished(() => {
      delete process.env["CALLWIRE_TEST_CRASH"];
    });
    const { server, connect, logged } = await served(model, { workers: 1 }, fixture("crashing.mjs"));
    const peer = await connect();
    await whoami(peer);
    writeFileSync(join(folder, "crash"), "");
    peer.say({ in: "exit", params: 1 });
    await until(() => logged.length >= 4);
    expect(logged.length).toBeLessThan(10);
    expect(logged[1]).toContain("could not start: Crashing on purpose.");
    rmSync(join(folder, "crash"));
    // A worker is tried again, later and later, until one stays.
    expect(await ask(await connect(), "ping", "back")).toBe("back");
    void server;
  });
});

describe.each(["processes", "prefork", "prefork-async"] as const)("Model %s", (model) => {
  test("kill -9 of a worker under load: no other connection sees an error, and a new worker serves soon.", async () => {
    const { connect } = await served(model);
    const [one, other] = [await connect(), await connect()];
    const [victim] = [await whoami(one), await whoami(other)];
    let going = true;
    let answered = 0;
    const load = (async () => {
      for (; going; answered += 1) await paced(ask(other, "add", [answered, 1]));
    })();
    process.kill(victim.pid, "SIGKILL");
    await one.rest().catch(() => []);
    const began = performance.now();
    const { pid } = await whoami(await connect());
    expect(performance.now() - began).toBeLessThan(SOON_MS);
    expect(pid).not.toBe(victim.pid);
    const before = answered;
    await until(() => answered > before + 100);
    going = false;
    await load;
  });

  test("SIGTERM to one worker drains that one, and another takes its place.", async () => {
    const { connect, server } = await served(model);
    const [one, other] = [await connect(), await connect()];
    const [leaving, staying] = [await whoami(one), await whoami(other)];
    one.say({ in: "sleep", params: 100, id: 1 });
    await ask(other, "ping", 1);
    process.kill(leaving.pid, "SIGTERM");
    expect(await one.rest()).toEqual([expect.objectContaining({ id: 1, result: 100 })]);
    one.socket.destroy();
    await until(() => !lives(leaving.pid));
    expect((await whoami(other)).pid).toBe(staying.pid);
    const { pid } = await whoami(await connect());
    expect(pid).not.toBe(leaving.pid);
    expect(lives(pid)).toBe(true);
    expect(server.counters.open).toBe(2);
  });
});
