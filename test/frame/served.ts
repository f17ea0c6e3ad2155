import {
  functions,
  implement,
  type Implementation,
  RpcError,
  serve,
  type ServeOptions,
  type Server,
  service,
} from "callwire";
import { bidi, clientStream, serverStream, unary } from "callwire";
import { onTestFinished } from "vitest";
import { z } from "zod";

/** A server that is stopped, and looked at for failures of its own, when the running test ends. */
export async function served(options: ServeOptions = {}, more: readonly Implementation[] = []): Promise<Served> {
  const logged: string[] = [];
  const bench = new Bench();
  const server = await serve([...bench.services, ...more], {
    listen: ["tcp://127.0.0.1:0"],
    log: (line) => logged.push(line),
    ...options,
  });
  onTestFinished(async () => {
    await server.stop({ graceMs: 0 });
    const failures = logged.filter((line) => line.includes("callwire itself"));
    if (failures.length > 0) throw new Error(failures.join("\n"));
  });
  return { server, address: server.addresses[0] ?? "", logged, bench };
}

/** A server under test, and what a test can see and steer of it. */
export interface Served {
  readonly server: Server;
  readonly address: string;
  readonly logged: string[];
  readonly bench: Bench;
}

/** Services whose calls end when a test says so. */
export class Bench {
  /** What methods were called with, and how those that waited ended. */
  readonly heard: unknown[] = [];
  readonly #gates: Map<string, (value: unknown) => void> = new Map();
  readonly #arrivals: Map<string, () => void> = new Map();
  readonly #arrived: Set<string> = new Set();

  readonly services: readonly Implementation[];

  constructor() {
    const { heard } = this;
    const wait = (key: string, signal: AbortSignal): Promise<unknown> => this.#wait(key, signal);
    const cycle: unknown[] = [];
    cycle.push(cycle);
    const tools = functions(
      "tools",
      {
        ping: (text: string) => text,
        add: (a: number, b: number) => a + b,
        args: (...args: unknown[]) => args,
        nothing: () => undefined,
        /** Answers when the gate of this name is opened. */
        async wait(key: string) {
          return await wait(key, this.signal);
        },
        later: async (value: unknown) => await Promise.resolve(value),
        fail: (code: "not_found", message: string) => {
          throw new RpcError(code, message, { details: [{ at: 1 }], headers: { "x-why": "because" } });
        },
        crash: () => {
          throw new Error("a secret");
        },
        error: (message: string) => message,
        bigint: () => 1n,
        cycle: () => cycle,
        func: () => () => 1,
        toJSON: () => ({ toJSON: () => ({ shown: true }) }),
        left() {
          return this.timeoutMs() ?? null;
        },
        headers() {
          this.responseHeaders.set("x-head", "1");
          this.responseTrailers.append("x-trail", "2");
          this.responseTrailers.append("x-trail", "3");
          return [...this.headers];
        },
      },
      { out: { ping: "pong" } },
    );
    const other = functions("other", { ping: (text: string) => `other ${text}`, add: (a: string, b: string) => b + a });
    const Streams = service("x.y.Streams", {
      hello: unary({ input: z.object({ name: z.string() }), output: z.object({ text: z.string() }) }),
      count: serverStream({ input: z.object({ to: z.number() }), output: z.number() }),
      forever: serverStream({ output: z.number() }),
      sum: clientStream({ input: z.number(), output: z.number() }),
      first: clientStream({ input: z.number(), output: z.number() }),
      chat: bidi({ input: z.string(), output: z.string() }),
      waits: serverStream({ input: z.string(), output: z.string() }),
    });
    const streams = implement(Streams, {
      hello: ({ name }) => ({ text: `hello ${name}` }),
      *count({ to }) {
        for (let i = 0; i < to; i += 1) yield i;
      },
      async *forever() {
        try {
          for (let i = 0; ; i += 1) yield i;
        } finally {
          heard.push("forever ended");
        }
      },
      async sum(numbers) {
        let total = 0;
        try {
          for await (const n of numbers) total += n;
        } catch (error) {
          heard.push(error instanceof RpcError ? error.code : error);
          throw error;
        }
        return total;
      },
      async first(numbers) {
        for await (const n of numbers) return n;
        return -1;
      },
      async *chat(messages) {
        for await (const message of messages) yield message.toUpperCase();
      },
      async *waits(key, call) {
        yield "waiting";
        await wait(key, call.signal);
        yield "done";
      },
    });
    this.services = [tools, other, streams];
  }

  /** Lets the call that waits at a gate answer. */
  async open(key: string, value: unknown = key): Promise<void> {
    await this.arrived(key);
    this.#gates.get(key)?.(value);
  }

  /** A call waits at this gate, or has waited there. */
  async arrived(key: string): Promise<void> {
    if (this.#arrived.has(key)) return;
    await new Promise<void>((resolve) => {
      this.#arrivals.set(key, resolve);
    });
  }

  async #wait(key: string, signal: AbortSignal): Promise<unknown> {
    this.#arrived.add(key);
    this.#arrivals.get(key)?.();
    return await new Promise((resolve, reject) => {
      this.#gates.set(key, resolve);
      signal.addEventListener("abort", () => {
        const reason: unknown = signal.reason;
        this.heard.push(`${key}: ${reason instanceof RpcError ? reason.code : String(reason)}`);
        reject(reason instanceof Error ? reason : new Error(String(reason)));
      });
    });
  }
}
