import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { serve } from "../../src/server.js";
import type * as callwire from "../../src/web.js";
import { echoService } from "../../examples/quickstart/echo.js";
import type { EchoService } from "../../examples/quickstart/gen/echo_pb.js";
import { type Kit, kitServer } from "../wirekit/service.js";
import { type Witness, witness } from "../wirekit/witness.js";
import { foreignPage, ownPage, type Site, startChromium, startSite } from "./chromium.js";

declare global {
  /** What the code of the page has put there. */
  var web: Pick<typeof callwire, "connect" | "RpcError" | "withOptions"> & {
    readonly Kit: typeof Kit;
    readonly EchoService: typeof EchoService;
  };
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

/** A page of a server's own origin, for the running test. */
async function opened(): Promise<{ page: Page; authority: string; seen: Witness }> {
  const seen = witness();
  const { services, interceptors } = kitServer(seen);
  const server = await serve([...services, echoService], {
    listen: ["tcp://127.0.0.1:0"],
    interceptors,
    log: () => {},
  });
  const authority = (server.addresses[0] ?? "").slice("tcp://".length);
  const page = await ownPage(browser, site, authority);
  onTestFinished(async () => {
    await page.close();
    await server.stop({ graceMs: 0 });
  });
  return { page, authority, seen };
}

describe.each(["connect", "grpcweb", "jsonrpc+ws"])("A page in Chromium, by %s,", (wire) => {
  test("calls methods of one message each way, many at once.", async () => {
    const { page, authority } = await opened();
    const answers = await page.evaluate(async (url) => {
      const client = web.connect(web.Kit, url);
      const numbers = Array.from({ length: 200 }, (_, n) => n);
      const echoed = await Promise.all(numbers.map((n) => (n % 2 === 0 ? client.echo(n) : client.later(n))));
      const text = "naïve 漢字 🦊".repeat(10_000);
      return [
        echoed.every((n, at) => n === at),
        (await client.echo(text)) === text,
        await client.greet({ name: "Ada" }),
      ];
    }, `${wire}://${authority}`);
    expect(answers).toEqual([true, true, "hello Ada"]);
  });

  test("reads streams of answers, and their errors.", async () => {
    const { page, authority } = await opened();
    const heard = await page.evaluate(async (url) => {
      const client = web.connect(web.Kit, url);
      const numbers: number[] = [];
      for await (const n of client.count({ to: 1000 })) numbers.push(n);
      const before: number[] = [];
      let failure = "";
      try {
        for await (const n of client.failStream({ code: "aborted", message: "enough", after: 2 })) before.push(n);
      } catch (error) {
        failure = String(error);
      }
      return { count: numbers.length, last: numbers.at(-1), before, failure };
    }, `${wire}://${authority}`);
    expect(heard).toEqual({ count: 1000, last: 999, before: [0, 1], failure: "aborted: enough" });
  });

  test("leaves and aborts streams, and the server's method hears of it at once.", async () => {
    const { page, authority, seen } = await opened();
    const code = await page.evaluate(async (url) => {
      const client = web.connect(web.Kit, url);
      for await (const n of client.hangStream({ key: "left", first: 2 })) if (n === 1) break;
      const controller = new AbortController();
      const stream = client.hangStream({ key: "aborted", first: 1 }, { signal: controller.signal });
      await stream.next();
      controller.abort();
      return await stream
        .next()
        .catch((error: unknown) => (error instanceof web.RpcError ? error.code : String(error)));
    }, `${wire}://${authority}`);
    expect(code).toBe("canceled");
    await seen.heard("left finally");
    await seen.heard("aborted finally");
  });

  test("sends headers, and hears headers, trailers and details.", async () => {
    const { page, authority } = await opened();
    const heard = await page.evaluate(async (url) => {
      const client = web.connect(web.Kit, url);
      const said: unknown[] = [];
      const headers = await client.headers(undefined, {
        headers: { "x-one": "1" },
        onHeader: (fields) => said.push(fields.get("x-before")),
        onTrailer: (fields) => said.push(fields.get("x-after")),
      });
      const error: unknown = await client
        .fail({ code: "not_found", message: "no Ada", details: [{ id: 7 }, "two"], headers: { "x-why": "gone" } })
        .catch((caught: unknown) => caught);
      if (!(error instanceof web.RpcError)) throw error;
      return {
        one: headers["x-one"],
        said,
        error: [error.code, error.message, error.details, error.headers?.get("x-why")],
      };
    }, `${wire}://${authority}`);
    expect(heard).toEqual({
      one: "1",
      said: ["one, two", "three"],
      error: ["not_found", "no Ada", [{ id: 7 }, "two"], "gone"],
    });
  });

  test("ends calls that take too long, at the server too.", async () => {
    const { page, authority, seen } = await opened();
    const code = await page.evaluate(async (url) => {
      const client = web.connect(web.Kit, url);
      // With a connection at hand, the call reaches the server before its time is up.
      await client.echo(1);
      return await client
        .hang({ key: "a" }, { timeoutMs: 500 })
        .catch((error: unknown) => (error instanceof web.RpcError ? error.code : String(error)));
    }, `${wire}://${authority}`);
    expect(code).toBe("deadline_exceeded");
    // Whichever of the two notices first.
    await Promise.race(["deadline_exceeded", "canceled"].map((why) => seen.heard(`a aborted ${why}`)));
  });

  test("says what is wrong where there is no server.", async () => {
    const { page, authority } = await opened();
    const said = await page.evaluate(
      async (url) => await web.connect(web.Kit, url).echo(1).catch(String),
      `${wire}://${authority.split(":")[0]}:1`,
    );
    expect(said).toMatch(/^unavailable: .*127\.0\.0\.1:1.*allowedOrigins/u);
  });

  test("calls a protobuf service.", async () => {
    const { page, authority } = await opened();
    const heard = await page.evaluate(async (url) => {
      const client = web.connect(web.EchoService, url);
      const { text, payload } = await client.echo({ text: "hi", payload: Uint8Array.of(1, 2, 255) });
      const counted: number[] = [];
      for await (const { n } of client.count({ to: 3, delayMs: 1 })) counted.push(n);
      return { text, payload: [...payload], counted };
    }, `${wire}://${authority}`);
    expect(heard).toEqual({ text: "hi", payload: [1, 2, 255], counted: [1, 2, 3] });
  });
});

describe("A page in Chromium", () => {
  test("sends streams over WebSocket, and both ways at once.", async () => {
    const { page, authority } = await opened();
    const heard = await page.evaluate(async (url) => {
      const client = web.connect(web.Kit, url);
      const said: string[] = [];
      async function* names(): AsyncGenerator<string> {
        yield "Ada";
        // Waits for what is said to that.
        while (said.length < 2) await new Promise((resolve) => setTimeout(resolve, 1));
        yield "Bo";
      }
      for await (const text of client.greetFirst(names())) said.push(text);
      const sum = await client.sum(Array.from({ length: 1000 }, (_, n) => n));
      const streams = await Promise.all(
        Array.from({ length: 20 }, async (_, each) => {
          const numbers: number[] = [];
          for await (const n of client.double([each, each + 1])) numbers.push(n);
          return numbers.join("+");
        }),
      );
      return { said, sum, last: streams.at(-1) };
    }, `jsonrpc+ws://${authority}`);
    expect(heard).toEqual({
      said: ["who is there?", "hello Ada", "hello Bo", "goodbye"],
      sum: 499_500,
      last: "38+40",
    });
  });

  test("calls by Connect at its own origin, with a fetch of its own.", async () => {
    const { page, authority } = await opened();
    const answers = await page.evaluate(async () => {
      const { origin } = globalThis as unknown as { readonly origin: string }; // a page has one
      const asked: string[] = [];
      const client = web.connect(web.Kit, origin, {
        fetch: (to, init) => {
          asked.push(`${init.method} ${to.slice(origin.length)}`);
          return fetch(to, init);
        },
      });
      return [await client.greet({ name: "Ada" }), ...asked];
    });
    expect(authority).not.toBe("");
    expect(answers).toEqual(["hello Ada", "POST /kit.Kit/greet"]);
  });

  test.each(["connect", "grpcweb", "jsonrpc", "jsonrpc+ws"])(
    "of another origin calls by %s where the server lets it, and is told what to do where it does not.",
    async (wire) => {
      const { services, interceptors } = kitServer(witness());
      const ask = async (allowedOrigins: readonly string[]): Promise<unknown> => {
        const server = await serve(services, {
          listen: ["tcp://127.0.0.1:0"],
          interceptors,
          allowedOrigins,
          log: () => {},
        });
        const page = await foreignPage(browser, site);
        const url = `${wire}://${(server.addresses[0] ?? "").slice("tcp://".length)}`;
        const answers = await page.evaluate(async (to) => {
          const client = web.connect(web.Kit, to);
          const heard: unknown[] = [];
          const options = {
            headers: { "x-one": "1" },
            timeoutMs: 10_000,
            onHeader: (fields: Headers) => heard.push(fields.get("x-before")),
            onTrailer: (fields: Headers) => heard.push(fields.get("x-after")),
          };
          const { "x-one": one } = await client
            .headers(undefined, options)
            .catch((error: unknown) => ({ "x-one": String(error) }));
          return [await client.echo("hi").catch(String), one, ...heard];
        }, url);
        await Promise.all([page.close(), server.stop({ graceMs: 0 })]);
        return answers;
      };
      expect(await ask([site.origin])).toEqual(["hi", "1", "one, two", "three"]);
      expect(await ask([])).toEqual([
        expect.stringMatching(/^unavailable: /u),
        expect.stringMatching(/^unavailable: .*allowedOrigins/u),
      ]);
    },
  );

  test("is told which way streams of input can go.", async () => {
    const { page, authority } = await opened();
    const said = await page.evaluate(
      async (url) => await web.connect(web.Kit, url).sum([1, 2]).catch(String),
      `connect://${authority}`,
    );
    expect(said).toMatch(/^unimplemented: .*jsonrpc\+ws:\/\//u);
  });

  test("stops a method whose answers by fetch it does not read.", async () => {
    const { page, authority, seen } = await opened();
    await page.evaluate(async (url) => {
      const stream = web.connect(web.Kit, url).flood({ key: "a", to: 100_000, bytes: 16_384 });
      await stream.next();
      Object.assign(globalThis, { stream });
    }, `connect://${authority}`);
    let before = -1;
    // A browser's buffers fill in some moments.
    for (let rounds = 0; rounds < 100 && seen.count("a sent") !== before; rounds += 1) {
      before = seen.count("a sent");
      await page.waitForTimeout(100);
    }
    expect(seen.count("a sent")).toBe(before);
    expect(before).toBeLessThan(10_000);
  });
});
