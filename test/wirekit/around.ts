import { describe, expect, test } from "vitest";
import type { Handler, Interceptor } from "../../src/call/handler.js";
import type { Carries } from "./carries.js";
import { all, arrange, errorFrom, type Open } from "./world.js";

/** Interceptors, at both ends. */
export function around(open: Open, carries: Carries): void {
  const { streams } = carries;

  describe("Interceptors", () => {
    test("At the server they see every shape of call, what it answers and how it fails.", async () => {
      const { client, seen } = await arrange(open);
      await client.echo([1], { headers: { "x-watch": "unary" } });
      expect(seen.count("unary called kit.Kit/echo unary")).toBe(1);
      expect(seen.count("unary answered [1]")).toBe(1);
      await errorFrom(client.greet({ name: "" }, { headers: { "x-watch": "wrong" } }));
      await seen.heard("wrong called kit.Kit/greet unary");
      await errorFrom(client.fail({ code: "aborted", message: "No." }, { headers: { "x-watch": "failed" } }));
      await seen.heard("failed failed aborted: No.");
      if (!streams) return;
      await all(client.count({ to: 2 }, { headers: { "x-watch": "stream" } }));
      expect([0, 1].map((n) => seen.count(`stream answered ${n}`))).toEqual([1, 1]);
      await client.sum([1, 2], { headers: { "x-watch": "input" } });
      expect(seen.count("input answered 3")).toBe(1);
      await all(client.double([4], { headers: { "x-watch": "both" } }));
      expect(seen.count("both called kit.Kit/double bidi")).toBe(1);
      expect(seen.count("both answered 8")).toBe(1);
      await errorFrom(
        client.failStream({ code: "aborted", message: "Torn.", after: 1 }, { headers: { "x-watch": "torn" } }),
      );
      expect(seen.count("torn failed aborted: Torn.")).toBe(1);
    });

    test("At the server they can refuse a call before its input is looked at.", async () => {
      const { client } = await arrange(open);
      const refused = { headers: { "x-watch": "no", "x-refuse": "1" } };
      expect((await errorFrom(client.greet({ name: "" }, refused))).code).toBe("permission_denied");
      if (!streams) return;
      expect((await errorFrom(client.count({ to: 1 }, refused))).code).toBe("permission_denied");
      expect((await errorFrom(client.double([1], refused))).code).toBe("permission_denied");
    });

    test("At the client they see every shape of call, what it answers and how it fails.", async () => {
      const order: string[] = [];
      const { client } = await arrange(open, { interceptors: [noting("outer", order), noting("inner", order)] });
      expect(await client.echo("x")).toBe("x");
      expect(order.splice(0)).toEqual([
        "outer kit.Kit/echo",
        "inner kit.Kit/echo",
        'inner answered "x"',
        'outer answered "x"',
      ]);
      await errorFrom(client.fail({ code: "aborted", message: "No." }));
      expect(order.splice(0).slice(2)).toEqual(["inner failed aborted: No.", "outer failed aborted: No."]);
      if (!streams) return;
      expect(await all(client.double([1]))).toEqual([2]);
      expect(order).toEqual(["outer kit.Kit/double", "inner kit.Kit/double", "inner answered 2", "outer answered 2"]);
    });

    test("At the client they can add headers, and see those of the answer.", async () => {
      let before: string | null = null;
      let after: string | null = null;
      const adding: Interceptor = (next) => async (call) => {
        call.headers.set("x-added", "by an interceptor");
        const answer = await next(call);
        before = call.responseHeaders.get("x-before");
        after = call.responseTrailers.get("x-after");
        return answer;
      };
      const { client } = await arrange(open, { interceptors: [adding] });
      const heard = await client.headers(undefined, { headers: { "x-own": "mine" }, timeoutMs: 60_000 });
      expect(heard).toMatchObject({ "x-own": "mine", "x-added": "by an interceptor" });
      expect(before).toBe("one, two");
      if (carries.trailers) expect(after).toBe("three");
      expect(await client.timeLeft(undefined, { timeoutMs: 60_000 })).toBeGreaterThan(50_000);
    });

    test("At the client they can call again after a failure, and answer by themselves.", async () => {
      let attempts = 0;
      const again: Interceptor = (next) => async (call) => {
        attempts += 1;
        try {
          return await next(call);
        } catch {
          attempts += 1;
          return await next(call);
        }
      };
      const { client } = await arrange(open, { interceptors: [again] });
      await errorFrom(client.crash());
      expect(attempts).toBe(2);
      const mocked: Interceptor = () => () => Promise.resolve("mine");
      const { client: mock } = await arrange(open, { interceptors: [mocked] });
      expect(await mock.echo(1)).toBe("mine");
    });

    if (!streams) return;

    test("At the server they hear when a reader leaves a stream.", async () => {
      const { client, seen } = await arrange(open);
      const stream = client.hangStream({ key: "a", first: 1 }, { headers: { "x-watch": "left" } });
      await stream.next();
      await stream.return?.();
      await seen.heard("left over");
      await seen.heard("a finally");
    });
  });
}

function noting(name: string, order: string[]): Interceptor {
  return (next: Handler): Handler =>
    (call) => {
      order.push(`${name} ${call.method.path}`);
      const answer = next(call);
      if (call.method.shape === "serverStream" || call.method.shape === "bidi")
        // Streams answer with iterables.
        return noted(answer as AsyncIterable<unknown>, name, order);
      return Promise.resolve(answer).then(
        (heard) => {
          order.push(`${name} answered ${JSON.stringify(heard)}`);
          return heard;
        },
        (error: unknown) => {
          order.push(`${name} failed ${String(error)}`);
          throw error;
        },
      );
    };
}

async function* noted(messages: AsyncIterable<unknown>, name: string, order: string[]): AsyncGenerator<unknown> {
  for await (const message of messages) {
    order.push(`${name} answered ${JSON.stringify(message)}`);
    yield message;
  }
}
