import { functions, implement, RpcError, serve, service } from "callwire";
import { bidi, clientStream, serverStream, unary } from "callwire";
import { z } from "zod";
import { later } from "./later.js";

const Greeter = service("demo.Greeter", {
  hello: unary({
    input: z.object({ name: z.string() }),
    output: z.object({ text: z.string() }),
    doc: "Greets by name.",
  }),
  ticks: serverStream({ input: z.object({ count: z.number() }), output: z.number(), doc: "Counts from 0." }),
  sum: clientStream({ input: z.number(), output: z.number() }),
  chat: bidi({ input: z.string(), output: z.string() }),
});

/** A server for the program to call. */
export interface Called {
  /** For frame. */
  readonly url: string;
  /** What `sleep` saw: `asleep`, then `canceled` where its caller gave up. */
  readonly seen: string[];
  /** Resolves when `seen` has this, or has it so many times. */
  readonly until: (what: string, times?: number) => Promise<void>;
}

/** Serves a method of every shape in this process, until the last test has ended. */
export async function called(): Promise<Called> {
  const seen: string[] = [];
  const waiting: Set<() => void> = new Set();
  const see = (what: string): void => {
    seen.push(what);
    for (const look of waiting) look();
  };
  const plain = functions(
    "plain",
    {
      ping: (text: unknown) => text,
      add: (a: number, b: number) => a + b,
      nothing: () => undefined,
      header(name: string) {
        this.responseHeaders.set("x-answer", "a");
        this.responseTrailers.set("x-end", "z");
        return this.headers.get(name);
      },
      fail: (message: string) => {
        throw new RpcError("not_found", message);
      },
      async sleep() {
        see("asleep");
        await new Promise((resolve) => {
          this.signal.addEventListener("abort", resolve);
        });
        see("canceled");
      },
    },
    { out: { ping: "pong" } },
  );
  const greeter = implement(Greeter, {
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
      for await (const message of messages) yield message.toUpperCase();
    },
  });
  const server = await serve([greeter, plain], { listen: ["tcp://127.0.0.1:0"], log: () => {} });
  later(() => server.stop({ graceMs: 0 }));
  return {
    url: (server.addresses[0] ?? "").replace("tcp:", "frame:"),
    seen,
    until: (what, times = 1) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (seen.filter((each) => each === what).length >= times) resolve();
        };
        waiting.add(look);
        look();
      }),
  };
}
