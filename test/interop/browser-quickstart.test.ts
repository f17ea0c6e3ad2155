import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type Ended, Program } from "../cli/program.js";
import { cleaningUp } from "../cli/later.js";
import { foreignPage, type Site, startChromium, startSite } from "./chromium.js";

cleaningUp();

/** What the module `examples/quickstart/service.ts` exports as plain functions, as far as pages call it here. */
interface Quickstart {
  add(a: number, b: number): number;
  sleep(ms: number): number;
}

let browser: Browser;
let site: Site;

beforeAll(async () => {
  [browser, site] = await Promise.all([startChromium(), startSite()]);
});

afterAll(async () => {
  await browser.close();
  await site.close();
});

/** The quickstart as a user starts it, and a page of another origin, for the running test. */
async function opened(...more: readonly string[]): Promise<{ page: Page; authority: string; program: Program }> {
  const program = new Program(["serve", "examples/quickstart/service.ts", "--listen", "tcp://127.0.0.1:0", ...more]);
  const page = await foreignPage(browser, site);
  onTestFinished(async () => {
    await page.close();
    program.child.kill("SIGKILL");
  });
  const [, authority = ""] = await program.says(/^callwire listening on tcp:\/\/(127\.0\.0\.1:\d+)\n/u);
  return { page, authority, program };
}

/** Tells the server to stop. It waits for open calls, 10 s at most: one that it takes for open keeps it. */
async function ended({ child, ended: end }: Program): Promise<{ code: Ended["code"]; atOnce: boolean }> {
  const from = performance.now();
  child.kill("SIGTERM");
  const { code } = await end;
  return { code, atOnce: performance.now() - from < 7000 };
}

describe.each(["connect", "grpcweb", "jsonrpc+ws"])("A page of another origin, by %s,", (wire) => {
  test("calls the quickstart's methods of one message each way, and reads its streams and errors.", async () => {
    const { page, authority, program } = await opened("--allow-origin", site.origin);
    const heard = await page.evaluate(async (url) => {
      const echo = web.connect(web.EchoService, url);
      const plain = web.connect<Quickstart>("quickstart", url);
      const numbers = Array.from({ length: 50 }, (_, n) => n);
      const sums = await Promise.all(numbers.map((n) => plain.add(n, 1)));
      const counted: number[] = [];
      for await (const { n } of echo.count({ to: 1000, delayMs: 0 })) counted.push(n);
      const { text, payload } = await echo.echo({ text: "naïve 🦊", payload: Uint8Array.of(1, 2, 255) });
      const error = await echo.echo({ text: "fail:not_found:no Ada" }).catch(String);
      return {
        sums: sums.every((sum, n) => sum === n + 1),
        counted: [counted.length, counted.at(-1)],
        text,
        payload: [...payload],
        error,
      };
    }, `${wire}://${authority}`);
    expect(heard).toEqual({
      sums: true,
      counted: [1000, 1000],
      text: "naïve 🦊",
      payload: [1, 2, 255],
      error: "not_found: no Ada",
    });
    expect(await ended(program)).toEqual({ code: 0, atOnce: true });
  });

  test.each(wire === "connect" ? ["async", "pool", "threads"] : ["async"])(
    "aborts and leaves streams of the quickstart, model %s: the page hears `canceled`, and the server keeps none of them open.",
    async (model) => {
      const { page, authority, program } = await opened("--allow-origin", site.origin, "--model", model);
      const codes = await page.evaluate(async (url) => {
        const client = web.connect(web.EchoService, url);
        const why = (error: unknown): string => (error instanceof web.RpcError ? error.code : String(error));
        // A stream whose first message is there and whose next is an hour away, and one that goes on and on.
        const slow = { to: 2, delayMs: 3_600_000 };
        const endless = { to: 1_000_000_000, delayMs: 1 };
        for await (const { n } of client.count(endless)) if (n === 3) break;
        const heard: string[] = [];
        // A read that waits ends at once.
        const aborting = new AbortController();
        const waiting = client.count(slow, { signal: aborting.signal }).next();
        aborting.abort();
        heard.push(await waiting.then(() => "a message", why));
        // What has come and is unread is read no more.
        const leaving = new AbortController();
        const stream = client.count(endless, { signal: leaving.signal });
        await stream.next();
        leaving.abort();
        heard.push(await stream.next().then(() => "a message", why));
        const late = client.count(slow, { timeoutMs: 300 });
        heard.push(await late.next().then(() => "a message", why));
        return heard;
      }, `${wire}://${authority}`);
      expect(codes).toEqual(["canceled", "canceled", "deadline_exceeded"]);
      expect(await ended(program)).toEqual({ code: 0, atOnce: true });
    },
  );

  test("is waited for by a server that stops, until it leaves its stream.", async () => {
    const { page, authority, program } = await opened("--allow-origin", site.origin);
    await page.evaluate(async (url) => {
      const controller = new AbortController();
      const stream = web
        .connect(web.EchoService, url)
        .count({ to: 1_000_000_000, delayMs: 1 }, { signal: controller.signal });
      await stream.next();
      Object.assign(globalThis, { stream, controller });
    }, `${wire}://${authority}`);
    const from = performance.now();
    program.child.kill("SIGTERM");
    // The stream goes on, though the server takes no other connection any more.
    const code = await page.evaluate(async () => {
      const { stream, controller } = globalThis as unknown as {
        stream: AsyncIterator<{ n: number }>;
        controller: AbortController;
      };
      let last = 0;
      for (let read = 0; read < 200; read += 1) last = (await stream.next()).value.n;
      controller.abort();
      return [
        last,
        await stream.next().catch((error: unknown) => (error instanceof web.RpcError ? error.code : String(error))),
      ];
    });
    expect(code).toEqual([201, "canceled"]);
    expect((await program.ended).code).toBe(0);
    expect(performance.now() - from).toBeLessThan(7000);
  });
});

test("A page of another origin streams to the quickstart and both ways at once, over WebSocket.", async () => {
  const { page, authority, program } = await opened(
    "--allow-origin",
    "https://app.example.com",
    "--allow-origin",
    site.origin,
  );
  const heard = await page.evaluate(async (url) => {
    const client = web.connect(web.EchoService, url);
    const { sum } = await client.sum(Array.from({ length: 1000 }, (_, n) => ({ n: BigInt(n) })));
    const said: string[] = [];
    async function* asked(): AsyncGenerator<{ text: string }> {
      yield { text: "one" };
      // Waits for the answer to that.
      while (said.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
      yield { text: "two" };
    }
    for await (const { text } of client.chat(asked())) said.push(text);
    const left: string[] = [];
    async function* endless(): AsyncGenerator<{ text: string }> {
      try {
        for (let n = 0; ; n += 1) yield { text: String(n) };
      } finally {
        left.push("left");
      }
    }
    for await (const { text } of client.chat(endless())) if (text === "10") break;
    return { sum: String(sum), said, left };
  }, `jsonrpc+ws://${authority}`);
  expect(heard).toEqual({ sum: "499500", said: ["one", "two"], left: ["left"] });
  expect(await ended(program)).toEqual({ code: 0, atOnce: true });
});

test("A page of an origin that the quickstart was not told of may not call, and --allow-origin '*' lets any.", async () => {
  const call = async (...more: readonly string[]): Promise<unknown[]> => {
    const { page, authority } = await opened(...more);
    return await page.evaluate(
      (to) =>
        Promise.all(
          ["connect", "grpcweb", "jsonrpc", "jsonrpc+ws"].map((wire) =>
            web.connect<Quickstart>("quickstart", `${wire}://${to}`).add(2, 3).catch(String),
          ),
        ),
      authority,
    );
  };
  const refused = expect.stringMatching(/^unavailable: .*allowedOrigins/u);
  expect(await call("--allow-origin", "https://app.example.com")).toEqual([refused, refused, refused, refused]);
  expect(await call("--allow-origin", "*")).toEqual([5, 5, 5, 5]);
});
