import { describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { DEAF, type Dispatch, type Sink } from "../../src/call/sink.js";
import { RpcError } from "../../src/call/rpc-error.js";
import { failure, OK, type Status } from "../../src/call/status.js";
import { clientOf } from "../../src/call/stub.js";
import { value } from "../../src/codecs/value.js";
import { implement } from "../../src/contract/implement.js";
import type { Client } from "../../src/contract/infer.js";
import { bidi, clientStream, serverStream, unary } from "../../src/contract/method.js";
import { service } from "../../src/contract/service.js";
import { all, errorFrom } from "../wirekit/world.js";
import { loopback } from "./loopback.js";

const Kit = service("a.Kit", {
  one: unary({ input: z.unknown(), output: z.unknown() }),
  many: serverStream({ output: z.number() }),
  sum: clientStream({ input: z.number(), output: z.number() }),
  both: bidi({ input: z.number(), output: z.number() }),
});

/** A client whose server is made by hand. */
function clientOn(dispatch: Dispatch): Client<typeof Kit> {
  const close = (): Promise<void> => Promise.resolve();
  return clientOf(Kit, { dispatch, codec: value, peer: { address: "memory://" }, close }) as Client<typeof Kit>; // by its contract
}

/** A server that says what it is told to when the request has ended, and keeps what it hears. */
function answering(answer: (reply: Sink) => void): { client: Client<typeof Kit>; heard: Status[] } {
  const heard: Status[] = [];
  const client = clientOn((_, reply) => ({
    ...DEAF,
    end(status) {
      heard.push(status);
      if (status.code === "ok") answer(reply);
    },
  }));
  return { client, heard };
}

const kit = implement(Kit, {
  one: (input, call) => {
    call.responseHeaders.set("x-head", "1");
    call.responseTrailers.set("x-trail", "2");
    return input;
  },
  *many(_, call) {
    call.responseHeaders.set("x-head", "1");
    call.responseTrailers.set("x-trail", "2");
    yield 1;
    yield 2;
  },
  sum: async (numbers) => {
    let sum = 0;
    for await (const n of numbers) sum += n;
    return sum;
  },
  both: (numbers) => numbers,
});

describe("A call at the client", () => {
  test("that is answered twice, or not at all, fails", async () => {
    const twice = answering((reply) => {
      reply.message(1);
      reply.message(2);
      reply.end(OK);
    });
    expect(await errorFrom(twice.client.one(0))).toMatchObject({
      code: "internal",
      message: expect.stringContaining("more than one"),
    });
    expect(twice.heard.map(({ code }) => code)).toEqual(["ok", "internal"]);
    const never = answering((reply) => reply.end(OK));
    expect(await errorFrom(never.client.one(0))).toMatchObject({
      code: "internal",
      message: expect.stringContaining("without an answer"),
    });
  });

  test("hears an error though a message came before it", async () => {
    const { client } = answering((reply) => {
      reply.message(1);
      reply.end(failure("aborted", "After all, no."));
    });
    expect((await errorFrom(client.one(0))).code).toBe("aborted");
  });

  test("may be answered before dispatch returns", async () => {
    const client = clientOn((_, reply) => {
      reply.end(OK, 7);
      return DEAF;
    });
    expect(await client.one(0)).toBe(7);
    expect(await client.sum([1, 2])).toBe(7);
    expect(await all(client.many())).toEqual([7]);
  });

  test("that ends before dispatch returns, by the caller's doing, is cancelled at the server too", async () => {
    const controller = new AbortController();
    const heard: Status[] = [];
    const client = clientOn(() => {
      controller.abort();
      return { ...DEAF, end: (status) => void heard.push(status) };
    });
    expect((await errorFrom(client.one(0, { signal: controller.signal }))).code).toBe("canceled");
    expect(heard.map(({ code }) => code)).toEqual(["canceled"]);
  });

  test("does not listen to its signal any more when it is over, nor to what its server still says", async () => {
    let reply: Sink = DEAF;
    const heard: Status[] = [];
    const client = clientOn((_, answer) => {
      reply = answer;
      return { ...DEAF, end: (status) => void heard.push(status) };
    });
    const controller = new AbortController();
    const seen: string[] = [];
    const answer = client.one(0, {
      signal: controller.signal,
      onHeader: () => seen.push("header"),
      onTrailer: () => seen.push("trailer"),
    });
    controller.abort();
    expect((await errorFrom(answer)).code).toBe("canceled");
    reply.head([["a", "b"]]);
    reply.end({ ...OK, trailers: [["a", "b"]] }, 1);
    expect(seen).toEqual([]);
    expect(heard.map(({ code }) => code)).toEqual(["ok", "canceled"]);
  });

  test("takes its code from the reason of its signal", async () => {
    const { client } = answering(() => {});
    const reasons: [unknown, string][] = [
      [undefined, "canceled"],
      [new RpcError("resource_exhausted", "Too much."), "resource_exhausted"],
      [new DOMException("Slow.", "TimeoutError"), "deadline_exceeded"],
      ["a text", "canceled"],
    ];
    for (const [reason, code] of reasons)
      expect((await errorFrom(client.one(0, { signal: AbortSignal.abort(reason) }))).code).toBe(code);
    expect((await errorFrom(client.one(0, { signal: AbortSignal.timeout(5) }))).code).toBe("deadline_exceeded");
  });

  test("that the server cancels when its time is up has exceeded its deadline, though the timer had no turn yet", async () => {
    const { client } = answering((reply) => {
      for (const until = performance.now() + 2; performance.now() < until;);
      reply.end(failure("canceled", "The stream was reset with CANCEL."));
    });
    expect((await errorFrom(client.one(0, { timeoutMs: 1 }))).code).toBe("deadline_exceeded");
    expect((await errorFrom(all(client.many(undefined, { timeoutMs: 1 })))).code).toBe("deadline_exceeded");
    expect((await errorFrom(client.one(0, { timeoutMs: 60_000 }))).code).toBe("canceled");
    expect((await errorFrom(client.one(0))).code).toBe("canceled");
  });

  test("whose listener for headers or trailers throws fails with what that threw", async () => {
    const client = loopback(kit);
    const mine = new Error("mine");
    const throwing = (): never => {
      throw mine;
    };
    await expect(client.one(1, { onHeader: throwing })).rejects.toBe(mine);
    await expect(client.one(1, { onTrailer: throwing })).rejects.toBe(mine);
    await expect(all(client.many(undefined, { onHeader: throwing }))).rejects.toBe(mine);
    await expect(all(client.many(undefined, { onTrailer: throwing }))).rejects.toBe(mine);
    expect(await client.one(2)).toBe(2);
  });

  test("refuses headers that HTTP would not let pass, as a TypeError, before anything is sent", () => {
    let dispatched = 0;
    const client = clientOn(() => {
      dispatched += 1;
      return DEAF;
    });
    expect(() => void client.one(1, { headers: { "a b": "c" } })).toThrow(TypeError);
    expect(dispatched).toBe(0);
  });

  test("whose input is no iterable where it takes a stream fails, and says so", async () => {
    const client = loopback(kit);
    for (const input of [undefined, 1, null, {}])
      await expect(client.sum(input as never)).rejects.toThrow("a.Kit/sum takes a stream: give it an iterable");
  });

  test("takes the earlier of its own deadline, its parent's and the default", async () => {
    const Time = service("a.Time", {
      left: unary({ output: z.number().nullable() }),
      relay: unary({ output: z.number().nullable() }),
    });
    const made = {} as { inner: Client<typeof Time> };
    const time = implement(Time, {
      left: (_, call) => call.timeoutMs() ?? null,
      relay: (_, call) => made.inner.left(undefined, { parent: call, timeoutMs: 5000 }),
    });
    made.inner = loopback(time, { client: { defaultTimeoutMs: 8000 } });
    const rounded = async (left: Promise<number | null>): Promise<number> => Math.ceil(((await left) ?? 0) / 1000);
    expect(await rounded(made.inner.left())).toBe(8);
    expect(await rounded(made.inner.left(undefined, { timeoutMs: 60_000 }))).toBe(60);
    expect(await rounded(made.inner.relay(undefined, { timeoutMs: 3000 }))).toBe(3);
    expect(await rounded(made.inner.relay(undefined, { timeoutMs: 60_000 }))).toBe(5);
    expect((await made.inner.left(undefined, { timeoutMs: Number.POSITIVE_INFINITY })) ?? Infinity).toBeGreaterThan(
      1e9,
    );
  });

  test("is not made for a parent that was cancelled before", async () => {
    const Nest = service("a.Nest", { outer: unary(), inner: unary() });
    const made = {} as { client: Client<typeof Nest> };
    let inner = 0;
    let heard: unknown;
    let go: (() => void) | undefined;
    const done = new Promise<void>((resolve) => {
      made.client = loopback(
        implement(Nest, {
          outer: async (_, call) => {
            await new Promise<void>((ready) => {
              go = ready;
            });
            heard = await made.client.inner(undefined, { parent: call }).catch((error: unknown) => error);
            resolve();
          },
          inner: () => void (inner += 1),
        }),
      );
    });
    const controller = new AbortController();
    const answer = made.client.outer(undefined, { signal: controller.signal });
    controller.abort();
    await errorFrom(answer);
    go?.();
    await done;
    expect(heard).toMatchObject({ code: "canceled" });
    expect(inner).toBe(0);
  });
});

describe("A stream at the client", () => {
  test("stops its server when it is full, and lets it go on when it has been read", async () => {
    let reply: Sink = DEAF;
    let drained = 0;
    const client = clientOn((_, answer) => {
      reply = answer;
      return { ...DEAF, drain: () => void (drained += 1) };
    });
    const stream = client.many();
    let n = 0;
    while (reply.message(n)) n += 1;
    expect(n).toBeLessThan(64);
    for (let read = 0; read <= n; read += 1) expect((await stream.next()).value).toBe(read);
    expect(drained).toBe(1);
    reply.end(OK, 100);
    expect(await all(stream)).toEqual([100]);
  });

  test("gives every message that came before an error, and then the error", async () => {
    const { client } = answering((reply) => {
      reply.message(1);
      reply.message(2);
      reply.end(failure("aborted", "Torn."));
    });
    const stream = client.many();
    expect([(await stream.next()).value, (await stream.next()).value]).toEqual([1, 2]);
    await expect(stream.next()).rejects.toMatchObject({ code: "aborted" });
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });

  test("is read no further when its signal is aborted, though its end has come, well or not", async () => {
    const reasons: [unknown, string][] = [
      [undefined, "canceled"],
      [new DOMException("Slow.", "TimeoutError"), "deadline_exceeded"],
    ];
    for (const end of [OK, failure("aborted", "Torn.")])
      for (const [reason, code] of reasons)
        for (const read of [0, 1, 2]) {
          const { client, heard } = answering((reply) => {
            reply.message(1);
            reply.end(end, 2);
          });
          const controller = new AbortController();
          const stream = client.many(undefined, { signal: controller.signal });
          for (let n = 1; n <= read; n += 1) expect((await stream.next()).value).toBe(n);
          controller.abort(reason);
          await expect(stream.next()).rejects.toMatchObject({ code });
          expect(await stream.next()).toEqual({ done: true, value: undefined });
          // The server is told nothing of what has ended there.
          expect(heard.map((status) => status.code)).toEqual(["ok"]);
        }
  });

  test("that has been read to its end hears of nothing that happens later", async () => {
    const { client } = answering((reply) => reply.end(OK, 1));
    const controller = new AbortController();
    const stream = client.many(undefined, { signal: controller.signal });
    expect(await all(stream)).toEqual([1]);
    controller.abort();
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });

  test("whose end came in time is read on when its deadline has passed", async () => {
    const { client } = answering((reply) => {
      reply.message(1);
      reply.end(OK, 2);
    });
    vi.useFakeTimers();
    const stream = client.many(undefined, { timeoutMs: 5 });
    expect((await stream.next()).value).toBe(1);
    vi.advanceTimersByTime(10);
    vi.useRealTimers();
    expect(await all(stream)).toEqual([2]);
  });

  test("is read no further when the call around it is cancelled, though its end has come", async () => {
    const Nest = service("a.Nest", { outer: unary(), inner: serverStream({ output: z.number() }) });
    const made = {} as { client: Client<typeof Nest> };
    const controller = new AbortController();
    const read: unknown[] = [];
    const done = new Promise<void>((resolve) => {
      made.client = loopback(
        implement(Nest, {
          outer: async (_, call) => {
            const stream = made.client.inner(undefined, { parent: call });
            read.push((await stream.next()).value);
            // The rest is here.
            await new Promise(setImmediate);
            controller.abort();
            read.push(await stream.next().catch((error: unknown) => (error instanceof RpcError ? error.code : error)));
            resolve();
          },
          *inner() {
            yield 1;
            yield 2;
          },
        }),
      );
    });
    await errorFrom(made.client.outer(undefined, { signal: controller.signal }));
    await done;
    expect(read).toEqual([1, "canceled"]);
  });

  test("that is left before it was read cancels its call", async () => {
    const { client, heard } = answering(() => {});
    await client.many().return?.();
    expect(heard.map(({ code }) => code)).toEqual(["ok", "canceled"]);
  });

  test("writes no faster than its server takes", async () => {
    let reply: Sink = DEAF;
    const heard: unknown[] = [];
    const client = clientOn((_, answer) => {
      reply = answer;
      return {
        ...DEAF,
        message(body) {
          heard.push(body);
          return heard.length % 5 !== 0;
        },
        end: () => reply.end(OK, heard.length),
      };
    });
    let made = 0;
    function* numbers(): Generator<number> {
      for (; made < 20; made += 1) yield made;
    }
    const answer = client.sum(numbers());
    for (let turn = 1; turn <= 4; turn += 1) {
      await new Promise(setImmediate);
      expect(heard).toHaveLength(turn * 5);
      reply.drain();
    }
    expect(await answer).toBe(20);
  });

  test("whose input cleans up badly when it is no longer wanted is still answered", async () => {
    const client = clientOn((_, reply) => ({
      ...DEAF,
      message() {
        reply.end(OK, 1);
        return true;
      },
    }));
    function* input(): Generator<number> {
      try {
        for (;;) yield 1;
      } finally {
        // oxlint-disable-next-line no-unsafe-finally -- a clean-up that fails is what is tested
        throw new Error("in the clean-up");
      }
    }
    expect(await client.sum(input())).toBe(1);
  });
});
