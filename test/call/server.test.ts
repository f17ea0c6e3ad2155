import { describe, expect, test } from "vitest";
import { z } from "zod";
import { NO_FIELDS } from "../../src/call/fields.js";
import type { Handler } from "../../src/call/handler.js";
import { RpcError } from "../../src/call/rpc-error.js";
import { makeRoutes } from "../../src/call/routes.js";
import { serve } from "../../src/call/serve.js";
import type { CallHead } from "../../src/call/sink.js";
import { failure, OK, type Status } from "../../src/call/status.js";
import { value } from "../../src/codecs/value.js";
import type { Call } from "../../src/contract/call.js";
import { functions } from "../../src/contract/functions.js";
import { implement, type Implementation } from "../../src/contract/implement.js";
import { bidi, clientStream, serverStream, unary } from "../../src/contract/method.js";
import { service } from "../../src/contract/service.js";
import { errorFrom, Recorder } from "../wirekit/world.js";
import { loopback } from "./loopback.js";

function headOf(path: string, parts: Partial<CallHead> = {}): CallHead {
  const peer = { address: "memory://" };
  return { path, codec: "value", timeoutMs: undefined, fields: NO_FIELDS, peer, positional: false, ...parts };
}

function dispatchTo(...services: readonly Implementation[]) {
  return serve(makeRoutes(services, { codecs: [value] }));
}

const One = service("a.One", { call: unary({ input: z.unknown(), output: z.unknown() }) });

describe("A call at the server", () => {
  test("whose method looks at the signal only after the call was cancelled finds it aborted", async () => {
    let later: (() => void) | undefined;
    const seen = new Promise<AbortSignal>((resolve) => {
      const dispatch = dispatchTo(
        implement(One, {
          call: async (_, call) => {
            await new Promise<void>((go) => {
              later = go;
            });
            resolve(call.signal);
          },
        }),
      );
      const request = dispatch(headOf("a.One/call"), new Recorder());
      request.end(OK, 1);
      request.end(failure("canceled", "Enough."));
    });
    later?.();
    const signal = await seen;
    expect(signal.aborted).toBe(true);
    expect(signal.reason).toMatchObject({ code: "canceled", message: "Enough." });
  });

  test("has no more time than the server allows, and that much where the caller names none", async () => {
    const left: (number | undefined)[] = [];
    const client = loopback(implement(One, { call: (_, call) => void left.push(call.timeoutMs()) }), {
      server: { maxTimeoutMs: 1000 },
    });
    await client.call(1);
    await client.call(1, { timeoutMs: 60_000 });
    await client.call(1, { timeoutMs: 500 });
    expect(left.map((ms) => Math.ceil((ms ?? 0) / 500))).toEqual([2, 2, 1]);
  });

  test("that has sent its message and not its end is over when its time is up", async () => {
    const reply = new Recorder();
    const dispatch = dispatchTo(implement(One, { call: () => 1 }));
    const request = dispatch(headOf("a.One/call", { timeoutMs: 20 }), reply);
    request.message(1);
    expect((await reply.over).code).toBe("deadline_exceeded");
    request.end(OK);
    expect(reply.messages).toEqual([]);
    expect(reply.disorder).toEqual([]);
  });

  test("that arrives after its deadline is not run", async () => {
    let ran = false;
    const dispatch = dispatchTo(implement(One, { call: () => (ran = true) }));
    const reply = new Recorder();
    dispatch(headOf("a.One/call", { timeoutMs: 0 }), reply).end(OK, 1);
    expect((await reply.over).code).toBe("deadline_exceeded");
    expect(ran).toBe(false);
  });

  test("is answered before its request has ended returning, where its method answers at once", () => {
    const dispatch = dispatchTo(implement(One, { call: (input) => input }));
    const reply = new Recorder();
    dispatch(headOf("a.One/call"), reply).end(OK, "x");
    expect(reply.messages).toEqual(["x"]);
    expect(reply.status).toBe(OK);
    expect(reply.fields).toBeUndefined();
  });

  test("may answer with anything that has a then", async () => {
    const answer = {
      // oxlint-disable-next-line unicorn/no-thenable -- a promise of another make is what is tested
      then: (resolve: (value: string) => void): void => resolve("later"),
    };
    const client = loopback(implement(One, { call: () => answer }), { routes: { checkOutput: true } });
    expect(await client.call(1)).toBe("later");
    const Text = service("a.Text", { call: unary({ output: z.string() }) });
    const text = loopback(implement(Text, { call: () => answer as unknown as Promise<string> }), {
      routes: { checkOutput: true },
    });
    expect(await text.call()).toBe("later");
  });

  test("ends once: nothing that comes after its end changes anything", async () => {
    const dispatch = dispatchTo(implement(One, { call: (input) => input }));
    const reply = new Recorder();
    const request = dispatch(headOf("a.One/call"), reply);
    request.end(OK, "x");
    request.end(OK, "y");
    request.message("z");
    request.end(failure("canceled", "Late."));
    request.drain();
    await new Promise(setImmediate);
    expect(reply.messages).toEqual(["x"]);
    expect(reply.disorder).toEqual([]);
  });

  test("is refused for an encoding that its routes do not have", async () => {
    const dispatch = dispatchTo(implement(One, { call: (input) => input }));
    const reply = new Recorder();
    dispatch(headOf("a.One/call", { codec: "proto" }), reply).end(OK, new Uint8Array(0));
    expect(await reply.over).toMatchObject({ code: "unimplemented", message: expect.stringContaining("proto") });
  });

  test("of a head that was used before is found by what the head remembers, and only by the server that wrote it", async () => {
    const head = headOf("call");
    const one = dispatchTo(implement(One, { call: () => "one" }));
    const Other = service("b.Other", { call: unary() });
    const other = dispatchTo(implement(Other, { call: () => "other" }));
    const heard: unknown[] = [];
    for (const dispatch of [one, one, other, one]) {
      const reply = new Recorder();
      dispatch(head, reply).end(OK);
      heard.push(...reply.messages);
    }
    expect(heard).toEqual(["one", "one", "other", "one"]);
  });

  test("with an output that its schema refuses is internal where outputs are checked, in streams too", async () => {
    const Text = service("a.Text", {
      one: unary({ output: z.string() }),
      many: serverStream({ output: z.string() }),
    });
    const wrong = implement(Text, {
      one: () => 1 as unknown as string,
      *many() {
        yield "x";
        yield 2 as unknown as string;
      },
    });
    const checked = loopback(wrong, { routes: { checkOutput: true } });
    expect(await errorFrom(checked.one())).toMatchObject({
      code: "internal",
      message: expect.stringContaining("Output of a.Text/one does not match its schema"),
    });
    expect((await errorFrom(checked.many())).code).toBe("internal");
    const trusted = loopback(wrong);
    expect(await trusted.one()).toBe(1);
  });

  test("of a stream that does not return an iterable says what to return", async () => {
    const Many = service("a.Many", { many: serverStream(), both: bidi() });
    for (const output of [1, "text", null, undefined, {}]) {
      const client = loopback(implement(Many, { many: () => output as never, both: () => output as never }));
      expect((await errorFrom(client.many())).message).toContain("return an iterable or an async iterable");
      expect((await errorFrom(client.both([]))).code).toBe("internal");
    }
  });

  test("may answer a stream with an iterable, an async iterable, a promise of one, or an iterator without return", async () => {
    const Many = service("a.Many", { many: serverStream({ input: z.number(), output: z.number() }) });
    const outputs: unknown[] = [
      [1, 2],
      new Set([1, 2]),
      Promise.resolve([1, 2]),
      (async function* () {
        yield 1;
        yield 2;
      })(),
      {
        [Symbol.iterator]() {
          let n = 0;
          return { next: () => ((n += 1) < 3 ? { done: false, value: n } : { done: true, value: undefined }) };
        },
      },
    ];
    const client = loopback(implement(Many, { many: (index) => outputs[index] as number[] }));
    for (const index of outputs.keys()) {
      const heard: number[] = [];
      for await (const n of client.many(index)) heard.push(n);
      expect(heard).toEqual([1, 2]);
    }
    const { value: first } = await client.many(4).next();
    expect(first).toBe(1);
  });

  test("reports what a method did not mean to throw, once, and nothing that it did", async () => {
    const reported: unknown[] = [];
    const mistake = new TypeError("a secret");
    const Mixed = service("a.Mixed", {
      crash: unary(),
      refuse: unary(),
      stream: serverStream(),
      cleanup: serverStream(),
    });
    const client = loopback(
      implement(Mixed, {
        crash: () => Promise.reject(mistake),
        refuse: () => {
          throw new RpcError("aborted", "Meant.");
        },
        stream: () => {
          throw mistake;
        },
        async *cleanup() {
          try {
            for (;;) {
              yield 1;
              await new Promise(setImmediate);
            }
          } finally {
            // oxlint-disable-next-line no-unsafe-finally -- a clean-up that fails is what is tested
            throw mistake;
          }
        },
      }),
      { server: { report: (error, method) => reported.push([error, method.path]) } },
    );
    await errorFrom(client.crash());
    await errorFrom(client.refuse());
    await errorFrom(client.stream());
    expect(reported).toEqual([
      [mistake, "a.Mixed/crash"],
      [mistake, "a.Mixed/stream"],
    ]);
    for await (const _ of client.cleanup()) break;
    while (reported.length < 3) await new Promise(setImmediate);
    expect(reported).toHaveLength(3);
  });

  test("may expose what it threw", async () => {
    const client = loopback(
      implement(One, {
        call: () => {
          throw new TypeError("no secret");
        },
      }),
      { server: { exposeErrors: true } },
    );
    expect((await errorFrom(client.call(1))).message).toBe("no secret");
  });

  test("sends the trailers that were set before it failed, beside those of the error", async () => {
    const client = loopback(
      implement(One, {
        call: (_, call) => {
          call.responseTrailers.set("x-cost", "7");
          throw new RpcError("aborted", "No.", { headers: { "x-why": "because" } });
        },
      }),
    );
    const error = await errorFrom(client.call(1));
    expect(Object.fromEntries(error.headers ?? [])).toEqual({ "x-cost": "7", "x-why": "because" });
  });

  test("has its plain function's this, and its implementation's", async () => {
    const seen: unknown[] = [];
    const plain = functions("plain", {
      who(this: Call) {
        seen.push(this.method.path);
      },
    });
    const reply = new Recorder();
    dispatchTo(plain)(headOf("who"), reply).end(OK);
    class Counter {
      count = 0;
      call(): number {
        this.count += 1;
        return this.count;
      }
    }
    const client = loopback(implement(One, new Counter()));
    expect([await client.call(1), await client.call(1)]).toEqual([1, 2]);
    expect(seen).toEqual(["plain/who"]);
  });
});

describe("A stream at the server", () => {
  const Streams = service("a.Streams", {
    sum: clientStream({ input: z.number(), output: z.number() }),
    both: bidi({ input: z.number(), output: z.number() }),
    many: serverStream({ output: z.number() }),
  });

  test("hears a cancellation in the middle of its input as an error, not as an end", async () => {
    let heard: unknown;
    const over = new Promise<void>((resolve) => {
      const dispatch = dispatchTo(
        implement(Streams, {
          sum: async (numbers) => {
            try {
              for await (const _ of numbers);
              heard = "ended";
            } catch (error) {
              heard = error;
            }
            resolve();
            return 0;
          },
          both: () => [],
          many: () => [],
        }),
      );
      const reply = new Recorder();
      const request = dispatch(headOf("a.Streams/sum"), reply);
      request.message(1);
      request.end({ code: "unavailable", message: "Lost.", details: [], trailers: [] });
    });
    await over;
    expect(heard).toMatchObject({ code: "unavailable", message: "Lost." });
  });

  test("that is cancelled before its method gave it an iterable still cleans up what comes", async () => {
    let cleaned = false;
    let give: ((output: Iterable<number>) => void) | undefined;
    const dispatch = dispatchTo(
      implement(Streams, {
        sum: () => 0,
        both: () => [],
        many: () =>
          new Promise<Iterable<number>>((resolve) => {
            give = resolve;
          }),
      }),
    );
    const request = dispatch(headOf("a.Streams/many"), new Recorder());
    request.end(OK);
    request.end(failure("canceled", "Enough."));
    give?.({
      [Symbol.iterator]: () => ({
        next: () => ({ done: false, value: 1 }),
        return: () => {
          cleaned = true;
          return { done: true, value: undefined };
        },
      }),
    });
    await new Promise(setImmediate);
    expect(cleaned).toBe(true);
  });

  test("waits when its reply is full, and goes on when that has room", async () => {
    let produced = 0;
    const dispatch = dispatchTo(
      implement(Streams, {
        sum: () => 0,
        both: () => [],
        *many() {
          for (; produced < 100; produced += 1) yield produced;
        },
      }),
    );
    const reply = new (class extends Recorder {
      override message(body: unknown): boolean {
        super.message(body);
        return this.messages.length % 10 !== 0;
      }
    })();
    const request = dispatch(headOf("a.Streams/many"), reply);
    request.end(OK);
    for (let n = 1; n <= 10; n += 1) {
      await new Promise(setImmediate);
      expect(reply.messages).toHaveLength(n * 10);
      request.drain();
      request.drain();
    }
    expect(((await reply.over) satisfies Status).code).toBe("ok");
    expect(reply.disorder).toEqual([]);
  });

  test("passes interceptors that replace its input and its output", async () => {
    const doubled =
      (next: Handler): Handler =>
      (call) =>
        mapped(next(call) as AsyncIterable<number>);
    async function* mapped(numbers: AsyncIterable<number>): AsyncGenerator<number> {
      for await (const n of numbers) yield n * 2;
    }
    const client = loopback(implement(Streams, { sum: () => 0, both: (numbers) => numbers, many: () => [1, 2] }), {
      routes: { interceptors: [doubled] },
    });
    const heard: number[] = [];
    for await (const n of client.both([1, 2, 3])) heard.push(n);
    expect(heard).toEqual([2, 4, 6]);
  });
});
