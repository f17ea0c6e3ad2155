import {
  bidi,
  clientStream,
  implement,
  RpcError,
  type Schema,
  serve,
  type ServeOptions,
  serverStream,
  service,
  unary,
} from "callwire";
import { type Client, connect } from "callwire/client";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { z } from "zod";

/** A validator of the Standard Schema that is nobody's: it lets through numbers from 0 on, doubled, now or later. */
function doubling(later: boolean): Schema<number> {
  const check = (value: unknown): ReturnType<Schema<number>["~standard"]["validate"]> =>
    typeof value === "number" && value >= 0
      ? { value: value * 2 }
      : { issues: [{ message: "no such number", path: ["a", { key: 0 }, Symbol.iterator] }, { message: "at all" }] };
  return {
    "~standard": {
      version: 1,
      vendor: "test",
      validate: (value) => (later ? Promise.resolve().then(() => check(value)) : check(value)),
    },
  };
}

const object = z.object({ name: z.string(), age: z.number().int().default(1) });

const Checked = service("t.Checked", {
  now: unary({ input: doubling(false), output: z.number() }),
  later: unary({ input: doubling(true), output: z.number() }),
  object: unary({ input: object, output: z.string() }),
  wrong: unary({ input: z.string(), output: z.object({ items: z.array(z.number()) }) }),
  wrongLater: unary({ output: doubling(true) }),
  doubled: unary({ input: z.number(), output: doubling(true) }),
  stream: serverStream({ input: z.number().max(10), output: z.number().max(2) }),
  sum: clientStream({ input: doubling(true), output: z.number() }),
  chat: bidi({ input: z.string().trim().min(1), output: z.string().max(3) }),
  free: unary(),
  throwing: unary({
    input: {
      "~standard": {
        version: 1,
        vendor: "test",
        validate: () => {
          throw new Error("a broken validator");
        },
      },
    },
  }),
});

const heard: unknown[] = [];

async function client(options: ServeOptions = {}): Promise<Client<typeof Checked>> {
  heard.length = 0;
  const note = <T>(value: T): T => {
    heard.push(value);
    return value;
  };
  const checked = implement(Checked, {
    now: note,
    later: note,
    object: (input) => JSON.stringify(note(input)),
    wrong: () => ({ items: [1, "two"] }) as never,
    wrongLater: () => -1,
    doubled: note,
    *stream(n) {
      for (let i = 0; i < note(n); i += 1) yield i;
    },
    async sum(numbers) {
      let total = 0;
      for await (const n of numbers) total += note(n);
      return total;
    },
    async *chat(messages) {
      for await (const message of messages) yield note(message);
    },
    free: (input: unknown) => note(input),
    throwing: note,
  });
  const server = await serve([checked], { listen: ["tcp://127.0.0.1:0"], log: (line) => heard.push(line), ...options });
  const made = connect(Checked, server.addresses[0]?.replace("tcp", "frame") ?? "");
  onTestFinished(async () => {
    await made[Symbol.asyncDispose]();
    await server.stop({ graceMs: 0 });
  });
  return made;
}

async function failure(call: Promise<unknown>): Promise<RpcError> {
  const error: unknown = await call.then(
    (value) => new Error(`It was answered: ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  if (!(error instanceof RpcError)) throw error;
  return error;
}

describe("input", () => {
  test.each(["now", "later"] as const)("is what a validator that answers %s makes of it", async (method) => {
    const call = await client();
    expect(await call[method](3)).toBe(6);
    expect(heard).toEqual([6]);
  });

  test.each(["now", "later"] as const)(
    "that a validator refuses %s is invalid_argument, says every issue, and the method is not called",
    async (method) => {
      const call = await client();
      const error = await failure(call[method](-1));
      expect(error.code).toBe("invalid_argument");
      expect(error.message).toBe(
        `Input of t.Checked/${method} is invalid: a.0.Symbol(Symbol.iterator): no such number; at all.`,
      );
      expect(error.details).toEqual([
        {
          issues: [
            { path: "a.0.Symbol(Symbol.iterator)", message: "no such number" },
            { path: "", message: "at all" },
          ],
        },
      ]);
      expect(heard).toEqual([]);
    },
  );

  test("is filled in and stripped as the schema says", async () => {
    const call = await client();
    expect(await call.object({ name: "Ada", more: true } as { name: string })).toBe('{"name":"Ada","age":1}');
  });

  test("of a wrong form names the property", async () => {
    const call = await client();
    const error = await failure(call.object({ name: 5, age: 1.5 } as never));
    expect(error.details).toEqual([
      {
        issues: [
          { path: "name", message: expect.any(String) as string },
          { path: "age", message: expect.any(String) as string },
        ],
      },
    ]);
  });

  test("of a method without a schema is let through, whatever it is", async () => {
    const call = await client();
    expect(await call.free()).toBeNull();
    expect(await call.free({ a: [1] } as never)).toEqual({ a: [1] });
  });

  test("whose validator throws is internal, and the log says why", async () => {
    const call = await client();
    expect((await failure(call.throwing(1))).code).toBe("internal");
    expect(heard).toEqual([expect.stringContaining("a broken validator")]);
  });

  test("is validated message by message in a stream, which the first wrong one ends", async () => {
    const call = await client();
    expect(await call.sum([1, 2])).toBe(6);
    const error = await failure(call.sum([1, -1, 2]));
    expect(error.code).toBe("invalid_argument");
    expect(error.message).toContain("Input of t.Checked/sum is invalid");
    expect(heard).toEqual([2, 4, 2]);
    const said: string[] = [];
    for await (const text of call.chat([" a ", "b"])) said.push(text);
    expect(said).toEqual(["a", "b"]);
  });

  test("of a stream from the server is validated before it begins", async () => {
    const call = await client();
    expect((await failure(call.stream(11).next())).code).toBe("invalid_argument");
    expect(heard).toEqual([]);
  });
});

describe("output", () => {
  test("that does not match its schema is internal, and says where", async () => {
    const call = await client({ validateOutput: true });
    const error = await failure(call.wrong("x"));
    expect(error.code).toBe("internal");
    expect(error.message).toMatch(/^Output of t\.Checked\/wrong does not match its schema: items\.1: /u);
    expect((await failure(call.wrongLater())).code).toBe("internal");
  });

  test("is checked and never changed", async () => {
    const call = await client({ validateOutput: true });
    expect(await call.doubled(3)).toBe(3);
  });

  test("is checked message by message in a stream, up to the first wrong one", async () => {
    const call = await client({ validateOutput: true });
    const numbers: number[] = [];
    const read = async (): Promise<void> => {
      for await (const n of call.stream(5)) numbers.push(n);
    };
    expect((await failure(read())).code).toBe("internal");
    expect(numbers).toEqual([0, 1, 2]);
  });

  test("is not checked where that is turned off", async () => {
    const call = await client({ validateOutput: false });
    expect(await call.wrong("x")).toEqual({ items: [1, "two"] });
    expect(await call.wrongLater()).toBe(-1);
    const numbers: number[] = [];
    for await (const n of call.stream(5)) numbers.push(n);
    expect(numbers).toEqual([0, 1, 2, 3, 4]);
  });

  test.each([
    ["production", false],
    ["development", true],
    ["", true],
  ])("is checked unless NODE_ENV is production: %j", async (env, checked) => {
    vi.stubEnv("NODE_ENV", env);
    onTestFinished(() => void vi.unstubAllEnvs());
    const call = await client();
    const answer = call.wrongLater();
    if (checked) await expect(answer).rejects.toThrow("does not match its schema");
    else expect(await answer).toBe(-1);
  });
});
