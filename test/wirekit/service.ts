import { z } from "zod";
import type { Call } from "../../src/contract/call.js";
import { functions } from "../../src/contract/functions.js";
import { implement, type Implementation } from "../../src/contract/implement.js";
import type { Client } from "../../src/contract/infer.js";
import { bidi, clientStream, serverStream, unary } from "../../src/contract/method.js";
import { service } from "../../src/contract/service.js";
import type { Handler, Interceptor } from "../../src/call/handler.js";
import { RpcError } from "../../src/call/rpc-error.js";
import { makeRoutes } from "../../src/call/routes.js";
import { serve } from "../../src/call/serve.js";
import type { Dispatch } from "../../src/call/sink.js";
import { clientOf } from "../../src/call/stub.js";
import { jsonOf } from "../../src/codecs/json.js";
import { value } from "../../src/codecs/value.js";
import type { Witness } from "./witness.js";

const keyed = z.object({ key: z.string() });
const failing = z.object({
  code: z.enum(["not_found", "aborted", "resource_exhausted", "data_loss"]),
  message: z.string(),
  details: z.array(z.unknown()).optional(),
  headers: z.record(z.string(), z.string()).optional(),
  after: z.number().optional(),
});
const heardHeaders = z.record(z.string(), z.string());

/** Headers of a call inside a call that pass on in the kit. */
export const CHOSEN: readonly string[] = ["x-chosen"];

/** The contract that the kit calls. */
export const Kit = service("kit.Kit", {
  echo: unary({ input: z.unknown(), output: z.unknown() }),
  later: unary({ input: z.unknown(), output: z.unknown() }),
  greet: unary({ input: z.object({ name: z.string().min(1), age: z.number().optional() }), output: z.string() }),
  nothing: unary(),
  count: serverStream({ input: z.object({ to: z.number() }), output: z.number() }),
  list: serverStream({ input: z.array(z.unknown()), output: z.unknown() }),
  sum: clientStream({ input: z.number(), output: z.number() }),
  double: bidi({ input: z.number(), output: z.number() }),
  greetFirst: bidi({ input: z.string(), output: z.string() }),
  fail: unary({ input: failing }),
  failStream: serverStream({ input: failing, output: z.number() }),
  failInput: clientStream({ input: z.number(), output: z.number() }),
  crash: unary(),
  crashStream: serverStream({ output: z.number() }),
  headers: unary({ output: heardHeaders }),
  headersStream: serverStream({ output: heardHeaders }),
  timeLeft: unary({ output: z.number().nullable() }),
  hang: unary({ input: keyed }),
  hangStream: serverStream({ input: z.object({ key: z.string(), first: z.number() }), output: z.number() }),
  hangInput: clientStream({ input: keyed, output: z.number() }),
  hangBoth: bidi({ input: keyed, output: z.number() }),
  flood: serverStream({ input: z.object({ key: z.string(), to: z.number(), bytes: z.number() }), output: z.string() }),
  sip: clientStream({ input: z.string(), output: z.number() }),
  first: clientStream({ input: z.number(), output: z.number() }),
  firstOfMany: bidi({ input: z.number(), output: z.number() }),
  leave: clientStream({ input: z.number(), output: z.number() }),
  relayHang: unary({ input: keyed }),
  relayTime: unary({ output: z.number().nullable() }),
  relayHeaders: unary({ output: heardHeaders }),
});

/** Plain functions that the kit calls. */
export const plain = functions("plain", {
  add: (a: number, b: number) => a + b,
  join: (...parts: string[]) => parts.join("+"),
  character: (code: number) => String.fromCodePoint(code),
  reverse: (list: readonly number[]) => list.toReversed(),
  nothing: () => undefined,
  path() {
    return this.method.path;
  },
});

/** What a world has to lead to, to be tested: the services and interceptors to serve, or a Dispatch that has done so. */
export interface KitServer {
  /** What its methods tell; worlds whose methods run elsewhere pass it on. */
  readonly seen: Witness;
  readonly services: readonly Implementation[];
  readonly interceptors: readonly Interceptor[];
  readonly dispatch: Dispatch;
}

/** Makes the server side of the kit; its methods report to the witness. */
export function kitServer(seen: Witness): KitServer {
  const services = [kitImplementation(seen, () => dispatch), plain];
  const interceptors = [watching(seen)];
  const dispatch = serve(makeRoutes(services, { codecs: [value, jsonOf(value)], interceptors, checkOutput: true }));
  return { seen, services, interceptors, dispatch };
}

/** Resolves when the call is cancelled, and tells by which code. */
async function aborted(call: Call, seen: Witness, key: string): Promise<never> {
  const { signal } = call;
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
  const reason: unknown = signal.reason;
  seen.tell(`${key} aborted ${reason instanceof RpcError ? reason.code : String(reason)}`);
  throw reason;
}

function heard(call: Call): Record<string, string> {
  call.responseHeaders.set("x-before", "one");
  call.responseHeaders.append("x-before", "two");
  call.responseTrailers.set("x-after", "three");
  return Object.fromEntries(call.headers);
}

function failureOf({ code, message, details, headers }: z.infer<typeof failing>): RpcError {
  return new RpcError(code, message, {
    cause: new Error("stays at the server"),
    ...(details === undefined ? {} : { details }),
    ...(headers === undefined ? {} : { headers }),
  });
}

function kitImplementation(seen: Witness, dispatch: () => Dispatch): Implementation {
  // Made late, since the methods need their own server. A client of Kit by its contract.
  const inner = (): Client<typeof Kit> =>
    clientOf(Kit, {
      dispatch: (head, reply) => dispatch()(head, reply),
      codec: value,
      peer: { address: "memory://inside" },
      forwardHeaders: CHOSEN,
      close: () => Promise.resolve(),
    }) as Client<typeof Kit>;
  return implement(Kit, {
    echo: (input) => input,
    later: async (input) => {
      await new Promise(setImmediate);
      return input;
    },
    greet: ({ name }) => `hello ${name}`,
    nothing: () => undefined,
    *count({ to }) {
      for (let n = 0; n < to; n += 1) yield n;
    },
    list: (messages) => Promise.resolve(messages),
    async sum(numbers) {
      let sum = 0;
      for await (const n of numbers) sum += n;
      return sum;
    },
    async *double(numbers) {
      for await (const n of numbers) yield n * 2;
    },
    async *greetFirst(names) {
      yield "who is there?";
      for await (const name of names) yield `hello ${name}`;
      yield "goodbye";
    },
    fail: (how) => {
      throw failureOf(how);
    },
    async *failStream(how) {
      for (let n = 0; n < (how.after ?? 0); n += 1) yield n;
      throw failureOf(how);
    },
    async failInput(numbers) {
      for await (const n of numbers) if (n < 0) throw new RpcError("out_of_range", `${n} is negative.`);
      return 0;
    },
    crash: () => {
      throw new TypeError("a secret");
    },
    async *crashStream() {
      yield 1;
      throw new TypeError("a secret");
    },
    headers: (_, call) => heard(call),
    async *headersStream(_, call) {
      yield heard(call);
      yield {};
    },
    timeLeft: (_, call) => call.timeoutMs() ?? null,
    hang: ({ key }, call) => {
      seen.tell(`${key} started`);
      return aborted(call, seen, key);
    },
    async *hangStream({ key, first }, call) {
      try {
        for (let n = 0; n < first; n += 1) yield n;
        seen.tell(`${key} started`);
        await aborted(call, seen, key);
      } finally {
        seen.tell(`${key} finally`);
      }
    },
    async hangInput(messages, call) {
      let key = "";
      try {
        for await (const message of messages) {
          ({ key } = message);
          seen.tell(`${key} started`);
        }
        seen.tell(`${key} ended`);
      } catch (error) {
        seen.tell(`${key} cut ${(error as RpcError).code}`);
        throw error;
      }
      return await aborted(call, seen, key);
    },
    async *hangBoth(messages, call) {
      for await (const { key } of messages) {
        yield 1;
        seen.tell(`${key} started`);
        await aborted(call, seen, key);
      }
    },
    async *flood({ key, to, bytes }) {
      const text = "x".repeat(bytes);
      try {
        for (let n = 0; n < to; n += 1) {
          seen.tell(`${key} sent`);
          yield text;
        }
      } finally {
        seen.tell(`${key} finally`);
      }
    },
    async sip(messages) {
      let key: string | undefined;
      let count = 0;
      for await (const message of messages) {
        count += 1;
        if (key !== undefined) continue;
        key = message;
        seen.tell(`${key} started`);
        await seen.heard(`${key} go`);
      }
      return count;
    },
    async first(numbers) {
      for await (const n of numbers) return n;
      return -1;
    },
    async *firstOfMany(numbers) {
      for await (const n of numbers) {
        yield n;
        return;
      }
    },
    async leave(numbers, call) {
      for await (const n of numbers) {
        if (n > 0) break;
      }
      seen.tell("left");
      return await aborted(call, seen, "leave");
    },
    relayHang: async ({ key }, call) => {
      await inner().hang({ key: `inner ${key}` }, { parent: call });
    },
    relayTime: (_, call) => inner().timeLeft(undefined, { parent: call }),
    relayHeaders: (_, call) => inner().headers(undefined, { parent: call, headers: { "x-own": "mine" } }),
  });
}

/** Tells of every call that has an `x-watch` header what passes through: the same for all shapes. */
function watching(seen: Witness): Interceptor {
  return (next: Handler): Handler =>
    (call) => {
      const key = call.headers.get("x-watch");
      if (key === null) return next(call);
      seen.tell(`${key} called ${call.method.path} ${call.method.shape}`);
      if (call.headers.has("x-refuse")) throw new RpcError("permission_denied", "Refused by the interceptor.");
      const failed = (error: unknown): never => {
        seen.tell(`${key} failed ${String(error)}`);
        throw error;
      };
      let output: unknown;
      try {
        output = next(call);
      } catch (error) {
        failed(error);
      }
      if (call.method.shape === "serverStream" || call.method.shape === "bidi")
        return watched(output as AsyncIterable<unknown>, seen, key);
      return Promise.resolve(output).then((answer) => {
        seen.tell(`${key} answered ${JSON.stringify(answer)}`);
        return answer;
      }, failed);
    };
}

async function* watched(messages: AsyncIterable<unknown>, seen: Witness, key: string): AsyncGenerator<unknown> {
  try {
    for await (const message of messages) {
      seen.tell(`${key} answered ${JSON.stringify(message)}`);
      yield message;
    }
  } catch (error) {
    seen.tell(`${key} failed ${String(error)}`);
    throw error;
  } finally {
    seen.tell(`${key} over`);
  }
}
