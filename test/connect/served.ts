import { functions, implement, RpcError, serve, type ServeOptions, service, serverStream, unary } from "callwire";
import { onTestFinished } from "vitest";
import { z } from "zod";
import { EchoService } from "../../examples/quickstart/gen/echo_pb.js";

/** A service without protobuf: `find` has no side effects. */
export const Shop = service("demo.Shop", {
  find: unary({ input: z.unknown(), noSideEffects: true }),
  order: unary({ input: z.unknown() }),
  list: serverStream(),
});

/** A server at work until the running test ends. */
export interface Served {
  readonly address: string;
  /** What its methods noted, in order. */
  readonly seen: string[];
}

/** Serves echo.v1.EchoService, where `fail`, `hang` and `meta` are texts that do what they say, demo.Shop and plain functions. */
export async function served(options: ServeOptions = {}): Promise<Served> {
  const seen: string[] = [];
  const echo = implement(EchoService, {
    async echo({ text }, call) {
      seen.push(text);
      if (text === "hang") {
        await new Promise<void>((resolve) => {
          call.signal.addEventListener("abort", () => resolve());
        });
        seen.push((call.signal.reason as RpcError).code); // as Call promises
      }
      if (text === "fail") {
        call.responseTrailers.set("x-end", "failed");
        throw new RpcError("not_found", "No such ü.", { details: [{ a: 1 }] });
      }
      if (text === "meta") {
        call.responseHeaders.set("x-head", call.headers.get("x-asked") ?? "");
        call.responseTrailers.set("x-end", "yes");
        return { text: String(call.timeoutMs() !== undefined) };
      }
      return { text };
    },
    async *count({ to }, call) {
      call.responseHeaders.set("x-head", "counts");
      call.responseTrailers.set("x-end", "counted");
      for (let n = 1; n <= to; n += 1) yield { n };
    },
    async sum(numbers) {
      let sum = 0n;
      for await (const { n } of numbers) sum += n;
      return { sum };
    },
    async *chat(messages) {
      for await (const { text } of messages) {
        if (text === "fail") throw new RpcError("aborted", "That is enough.", { details: ["why"] });
        yield { text };
      }
    },
  });
  const shop = implement(Shop, {
    find: (what) => ({ found: what ?? null }),
    order(what) {
      seen.push(`ordered ${JSON.stringify(what)}`);
      return "done";
    },
    *list() {
      yield* [1, 2];
    },
  });
  const math = functions("math", { add: (a: number, b: number) => a + b }, { noSideEffects: ["add"] });
  const server = await serve([echo, shop, math], { ...options, listen: ["tcp://127.0.0.1:0"], log: () => {} });
  onTestFinished(() => server.stop({ graceMs: 0 }));
  return { address: server.addresses[0] ?? "", seen };
}
