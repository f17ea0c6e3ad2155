import { z } from "zod";
import type { Implementation } from "../../src/contract/implement.js";
import { functions } from "../../src/contract/functions.js";
import { implement } from "../../src/contract/implement.js";
import { bidi, clientStream, serverStream, unary } from "../../src/contract/method.js";
import { service } from "../../src/contract/service.js";
import { introspection } from "../../src/call/introspection.js";
import { RpcError } from "../../src/call/rpc-error.js";
import { makeRoutes } from "../../src/call/routes.js";
import { serve } from "../../src/call/serve.js";
import type { Dispatch } from "../../src/call/sink.js";
import { value } from "../../src/codecs/value.js";

/** The methods of the specification's examples (JSON-RPC 2.0 §7). */
const examples = functions(
  "examples",
  {
    subtract: (minuend: number, subtrahend: number) => minuend - subtrahend,
    sum: (...numbers: readonly number[]) => numbers.reduce((total, n) => total + n, 0),
    get_data: () => ["hello", 5],
    update: () => null,
    notify_hello: () => null,
  },
  { params: { subtract: ["minuend", "subtrahend"] }, doc: { subtract: "Takes one number from another." } },
);

const Greeter = service("demo.Greeter", {
  hello: unary({ input: z.object({ name: z.string() }), output: z.object({ text: z.string() }) }),
  echo: unary({ input: z.unknown(), output: z.unknown() }),
  ticks: serverStream({ input: z.object({ count: z.number() }), output: z.number() }),
  total: clientStream({ input: z.number(), output: z.number() }),
  chat: bidi({ input: z.unknown(), output: z.unknown() }),
});

/** Services whose calls end when a test says so. */
export class Bench {
  /** What happened, in order. */
  readonly heard: string[] = [];
  /** So many calls wait now, and at most did at once. */
  waiting = 0;
  most = 0;
  readonly services: readonly Implementation[];
  readonly dispatch: Dispatch;
  readonly #gates: (() => void)[] = [];

  constructor() {
    const { heard } = this;
    const wait = (key: string, signal: AbortSignal): Promise<string> => this.#wait(key, signal);
    const tools = functions("tools", {
      add: (a: number, b: number) => a + b,
      args: (...args: readonly unknown[]) => args,
      own: (input: object) => Object.keys(input),
      note: (text: string) => void heard.push(text),
      async wait(key: string) {
        return await wait(key, this.signal);
      },
      nothing: () => undefined,
      later: async (input: unknown) => await Promise.resolve(input),
      left() {
        return this.timeoutMs() ?? null;
      },
      fields() {
        this.responseHeaders.append("x-head", "1");
        this.responseHeaders.append("content-length", "5");
        this.responseTrailers.append("x-trail", "2");
        return Object.fromEntries(this.headers);
      },
      fail: (code: "not_found", details: readonly unknown[] = []) => {
        throw new RpcError(code, "It failed.", { details, headers: { "x-why": "because" } });
      },
      bigint: () => 1n,
    });
    const greeter = implement(Greeter, {
      hello: ({ name }) => ({ text: `hello ${name}` }),
      echo: (input) => input,
      *ticks({ count }) {
        for (let n = 0; n < count; n += 1) yield n;
      },
      async total(numbers) {
        let total = 0;
        for await (const n of numbers) total += n;
        heard.push(`total ${total}`);
        return total;
      },
      async *chat(messages, call) {
        call.responseHeaders.set("x-head", "1");
        call.responseTrailers.set("x-trail", "2");
        for await (const message of messages) yield message;
      },
    });
    const own = [examples, tools, greeter];
    this.services = [...own, introspection(own)];
    this.dispatch = serve(makeRoutes(this.services, { codecs: [value] }));
  }

  /** Lets the call that has waited longest answer. */
  open(): void {
    this.#gates.shift()?.();
  }

  async #wait(key: string, signal: AbortSignal): Promise<string> {
    this.waiting += 1;
    this.most = Math.max(this.most, this.waiting);
    this.heard.push(`${key} waits`);
    return await new Promise((resolve, reject) => {
      this.#gates.push(() => {
        this.waiting -= 1;
        resolve(key);
      });
      signal.addEventListener("abort", () => {
        this.waiting -= 1;
        const reason: unknown = signal.reason;
        this.heard.push(`${key} ${reason instanceof RpcError ? reason.code : String(reason)}`);
        reject(new Error("aborted"));
      });
    });
  }
}
