import { functions, implement, RpcError, service, unary, serverStream, clientStream, bidi } from "callwire";
import { threadId } from "node:worker_threads";
import { z } from "zod";

/** The plain functions that the first examples of most RPC tutorials call. No schema, no code generation. */
export const quickstart = functions(
  "quickstart",
  {
    /** Answers what it was sent. */
    ping: (text: string) => text,
    /** The square root of eight times the sum of 1/(2i+1)² for i ≤ n, which comes near to π. */
    pi: (n: number) => {
      if (!Number.isSafeInteger(n) || n < 0 || n > 100_000_000) {
        throw new RpcError(
          "invalid_argument",
          `pi takes a whole number from 0 to 100000000, and ${JSON.stringify(n)} came.`,
        );
      }
      let sum = 0;
      for (let i = 0; i <= n; i += 1) sum += 1 / (2 * i + 1) ** 2;
      return Math.sqrt(8 * sum);
    },
    /** The sum of two numbers. */
    add: (a: number, b: number) => {
      if (typeof a !== "number" || typeof b !== "number") {
        throw new RpcError("invalid_argument", "add takes two numbers, such as [2, 3].");
      }
      return a + b;
    },
    /** Answers any value as it came. */
    echo: (value: unknown) => value,
    /** Waits without keeping anybody else from working; stops when the caller does. */
    async sleep(ms: number): Promise<number> {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.signal.addEventListener("abort", () => {
          clearTimeout(timer);
          resolve();
        });
      });
      return ms;
    },
    /** Keeps one core busy, and with it everybody who shares this thread. */
    spin: (ms: number) => {
      const until = performance.now() + ms;
      while (performance.now() < until);
      return ms;
    },
    /** Which process and thread answers. */
    whoami: () => ({ pid: process.pid, threadId }),
  },
  {
    out: { ping: "pong", pi: "pi_r" },
    // The names of the arguments, for callers who give them by name (JSON-RPC can).
    params: { ping: ["text"], pi: ["n"], add: ["a", "b"], echo: ["value"], sleep: ["ms"], spin: ["ms"] },
    doc: {
      ping: "Answers what it was sent.",
      pi: "Comes near to π.",
      add: "Adds two numbers.",
      echo: "Answers any value as it came.",
      sleep: "Waits so many milliseconds.",
      spin: "Keeps one core busy for so many milliseconds.",
      whoami: "Which process and thread answers.",
    },
  },
);

/** A typed service with one method of each shape. */
export const Greeter = service("demo.Greeter", {
  hello: unary({
    input: z.object({ name: z.string() }),
    output: z.object({ text: z.string() }),
    doc: "Greets by name.",
  }),
  ticks: serverStream({
    input: z.object({ count: z.number().int().min(0) }),
    output: z.number(),
    doc: "Counts from 0.",
  }),
  sum: clientStream({ input: z.number(), output: z.number(), doc: "Adds up what is sent." }),
  chat: bidi({ input: z.string(), output: z.string(), doc: "Says back each message." }),
});

export const greeter = implement(Greeter, {
  hello: ({ name }) => ({ text: `hello ${name}` }),
  *ticks({ count }) {
    for (let i = 0; i < count; i += 1) yield i;
  },
  async sum(numbers) {
    let total = 0;
    for await (const n of numbers) total += n;
    return total;
  },
  async *chat(messages) {
    yield* messages;
  },
});

/** A service declared in a .proto file: its code is generated, and lies in gen/. */
export { echoService } from "./echo.ts";
