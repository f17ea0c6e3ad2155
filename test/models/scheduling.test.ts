import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { ask, served } from "./served.js";

/** A file that is not there until `open` is called: what blocks a worker meanwhile, however fast the machine is. */
function barrier(): { readonly file: string; readonly open: () => void } {
  const folder = mkdtempSync(join(tmpdir(), "callwire-barrier-"));
  const file = join(folder, "open");
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return { file, open: () => writeFileSync(file, "") };
}

test("Under pool a call that blocks its worker has none of the calls behind it that come after it, on one connection too.", async () => {
  const { file, open } = barrier();
  const { connect } = await served("pool");
  const peer = await connect();
  for (let n = 0; n < 20; n += 1) await ask(peer, "ping", n);
  peer.say({ in: "block", params: file, id: "slow" });
  await new Promise(setImmediate);
  peer.say(...Array.from({ length: 200 }, (_, n) => ({ in: "ping", params: n, id: n })));
  await peer.hearAll(200);
  open();
  expect(await peer.hear()).toMatchObject({ id: "slow" });
});

test("Under pool slow calls go to workers one by one: each begins as soon as one is free.", async () => {
  const { file, open } = barrier();
  const { connect } = await served("pool");
  const peer = await connect();
  await ask(peer, "spin", 20);
  peer.say({ in: "block", params: file, id: 1 }, { in: "spin", params: 20, id: 2 }, { in: "spin", params: 20, id: 3 });
  expect(((await peer.hearAll(2)) as { id: number }[]).map(({ id }) => id)).toEqual([2, 3]);
  open();
  expect(await peer.hear()).toMatchObject({ id: 1 });
});

test("Under pool the time of a call that waits for a worker counts, and it is answered when it is up.", async () => {
  const { connect } = await served("pool", { workers: 1 });
  const peer = await connect();
  peer.say(
    { in: "spin", params: 300, id: "slow" },
    { in: "ping", params: 1, id: "late", timeout_ms: 50 },
    { in: "left", id: "left", timeout_ms: 60_000 },
  );
  const frames = (await peer.hearAll(3)) as { id: string; result: unknown }[];
  expect(frames.map(({ id }) => id)).toEqual(["late", "slow", "left"]);
  expect(frames[0]?.result).toMatchObject({ code: "deadline_exceeded" });
  expect(frames[2]?.result).toBeLessThan(59_800);
});

test("Under pool calls of many connections and methods each find their own answer, with more heads than workers keep.", async () => {
  const { connect } = await served("pool");
  const peers = await Promise.all(Array.from({ length: 300 }, connect));
  for (let round = 0; round < 2; round += 1) {
    const answers = await Promise.all(
      peers.map(async (peer, n) => {
        for (const method of ["ping", "tools/ping", "tools.ping", "echo"]) expect(await ask(peer, method, n)).toBe(n);
        return await ask(peer, "tools.echo", n);
      }),
    );
    expect(answers).toEqual(peers.map((_, n) => n));
  }
});
