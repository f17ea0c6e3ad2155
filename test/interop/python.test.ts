import { connect } from "callwire/client";
import { describe, expect, onTestFinished, test } from "vitest";
import { pathOf, run, start } from "./program.js";

interface Article {
  ping(text: string): string;
  pi(n: number): number;
}

const CALLWIRE = pathOf("bin/callwire.js");
const SERVE = [CALLWIRE, "serve", pathOf("examples/quickstart/service.ts"), "--listen", "tcp://127.0.0.1:0"];

async function quickstart(model: string): Promise<{ host: string; port: string }> {
  const { first } = await start(process.execPath, [...SERVE, "--model", model]);
  const match = /^callwire listening on tcp:\/\/([\d.]+):(\d+)$/u.exec(first);
  return { host: match?.[1] ?? first, port: match?.[2] ?? first };
}

const PONGS = [...Array.from({ length: 10 }, (_, i) => `pong ireader ${i}`), "pi_r 3.1412746456267633"];

describe.each(["async", "single"])("Under the model %s", (model) => {
  test.each(["I", "<I", "!I"])(
    "a Python client that packs its lengths with %s gets ten pongs over one connection.",
    async (format) => {
      const { host, port } = await quickstart(model);
      const printed = await run("python3", [pathOf("test/interop/programs/client.py"), host, port, format]);
      expect(printed.trim().split("\n")).toEqual(PONGS);
    },
  );

  test("Two Python clients are served one after the other or at once, and both in full.", async () => {
    const { host, port } = await quickstart(model);
    const client = (): Promise<string> => run("python3", [pathOf("test/interop/programs/client.py"), host, port]);
    for (const printed of await Promise.all([client(), client()])) expect(printed.trim().split("\n")).toEqual(PONGS);
  });
});

describe.each(["blocking", "threading", "forking"])("A %s Python server", (kind) => {
  async function served(): Promise<string> {
    const { first } = await start("python3", [pathOf("test/interop/programs/server.py"), kind]);
    return `frame://127.0.0.1:${first}`;
  }

  test("answers 64 calls in flight over one connection, each its own.", async () => {
    const client = connect<Article>("", await served());
    onTestFinished(() => client[Symbol.asyncDispose]());
    const texts = Array.from({ length: 640 }, (_, i) => `text ${i} é漢😀`);
    let next = 0;
    const answers: string[] = [];
    const fiber = async (): Promise<void> => {
      for (let i = next++; i < texts.length; i = next++) answers[i] = await client.ping(texts[i] ?? "");
    };
    await Promise.all(Array.from({ length: 64 }, fiber));
    expect(answers).toEqual(texts);
    expect(await client.pi(1000)).toBeCloseTo(3.1412746456267633, 12);
  });

  test("can be called from the command line.", async () => {
    const url = await served();
    expect(await run(process.execPath, [CALLWIRE, "call", url, "ping", '"x"'])).toBe('"x"\n');
  });
});
