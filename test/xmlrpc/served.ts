import { z } from "zod";
import { introspection } from "../../src/call/introspection.js";
import { RpcError } from "../../src/call/rpc-error.js";
import { makeRoutes } from "../../src/call/routes.js";
import { serve } from "../../src/call/serve.js";
import type { Dispatch } from "../../src/call/sink.js";
import { value } from "../../src/codecs/value.js";
import { functions } from "../../src/contract/functions.js";
import { implement } from "../../src/contract/implement.js";
import { serverStream, unary } from "../../src/contract/method.js";
import { service } from "../../src/contract/service.js";
import type { HttpAnswer, HttpIn, HttpOut } from "../../src/wires/http.js";
import { xmlRpcServer } from "../../src/wires/xmlrpc/server.js";
import type { SessionOptions } from "../../src/wires/wire.js";
import { type LoopbackOptions, optionsOf, tell } from "./loopback.js";

const Greeter = service("demo.Greeter", {
  hello: unary({
    input: z.object({ name: z.string() }),
    output: z.object({ text: z.string() }),
    doc: "Greets by name.",
  }),
  ticks: serverStream({ input: z.number(), output: z.number() }),
  echo: unary({ input: z.unknown() }),
});

/** What `calls` has been told, in order: who began and who was cancelled. */
export const told: string[] = [];

const calc = functions("calc", {
  add: (a: number, b: number) => a + b,
  echo: (any: unknown) => any,
  map: () => new Map(),
  later: async (n: number) => {
    told.push(`began ${n}`);
    await new Promise(setImmediate);
    told.push(`ended ${n}`);
    return n;
  },
  fail: (code: number) => {
    throw new RpcError("aborted", "No\u0000.", { details: [{ faultCode: code }], headers: { "x-why": "because" } });
  },
  async hang() {
    told.push("hangs");
    await new Promise((resolve) => this.signal.addEventListener("abort", resolve, { once: true }));
    told.push("stopped");
  },
  headers() {
    this.responseHeaders.set("x-head", "1");
    this.responseHeaders.set("content-length", "99");
    this.responseTrailers.set("x-tail", "2");
    return [...this.headers].map(([name, text]) => `${name}: ${text}`);
  },
  timeLeft() {
    return this.timeoutMs() ?? null;
  },
});

const greeter = implement(Greeter, {
  hello: ({ name }) => ({ text: `hello ${name}` }),
  *ticks(count) {
    for (let i = 0; i < count; i += 1) yield i;
  },
  echo: (any) => any,
});

const services = [calc, greeter];

/** A server of two services, with its introspection. */
export const dispatch: Dispatch = serve(makeRoutes([...services, introspection(services)], { codecs: [value] }));

/** What a server said to one request. */
export interface Answered {
  readonly head: HttpAnswer;
  readonly text: string;
}

/** Sends bodies over one connection of a server, one after the other; resolves with its answers. */
export async function answers(
  bodies: readonly (string | Uint8Array)[],
  options: LoopbackOptions & {
    readonly fields?: readonly (readonly [string, string])[];
    readonly server?: Partial<SessionOptions>;
    readonly dispatch?: Dispatch;
  } = {},
): Promise<readonly Answered[]> {
  const server = xmlRpcServer(options.dispatch ?? dispatch, optionsOf(options.server));
  const fields = [["host", "a"], ["content-type", "text/xml"], ...(options.fields ?? [])] as const;
  const request = { method: "POST", path: "/RPC2", query: "", fields };
  const said: Answered[] = [];
  for (const body of bodies)
    said.push(
      await new Promise<Answered>((resolve) => {
        const out = outOf((head, text) => resolve({ head, text: String(text) }));
        tell(server(request, out), body, options);
      }),
    );
  return said;
}

/** Begins a request of a server; nobody waits for its answer. */
export function begin(body: string, respond: (text: string) => void): HttpIn {
  const server = xmlRpcServer(dispatch, optionsOf());
  const request = { method: "POST", path: "/RPC2", query: "", fields: [] };
  const heard = server(
    request,
    outOf((_head, text) => respond(String(text))),
  );
  tell(heard, body);
  return heard;
}

function outOf(respond: HttpOut["respond"]): HttpOut {
  return { respond, head() {}, data: () => true, resume() {}, reset() {}, upgrade: () => false };
}

/** A call as text; its arguments are written already. */
export function callText(method: string, ...args: readonly string[]): string {
  const params = args.map((arg) => `<param><value>${arg}</value></param>`).join("");
  return `<?xml version="1.0"?><methodCall><methodName>${method}</methodName><params>${params}</params></methodCall>`;
}
