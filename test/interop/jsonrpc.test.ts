import { service, unary } from "callwire";
import { connect, type ConnectOptions, RpcError } from "callwire/client";
import { describe, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { programChecks, programServing, served } from "./served.js";

/** What the servers of the npm packages offer. */
interface Peer {
  add(a: number, b: number): number;
  echo<T>(value: T): T;
  fail(): never;
  missing(): never;
}

/** A method that takes its arguments by name. */
const Subtraction = service("math", {
  subtract: unary({ input: z.object({ minuend: z.number(), subtrahend: z.number() }), output: z.number() }),
});

const VALUE = [null, true, -1.5, "é漢🦊\n\u0000", { "": [[]], constructor: {} }];

/** Makes the calls that every server of another make has to answer. */
async function callsOf(url: string, options: ConnectOptions = {}): Promise<void> {
  const client = connect<Peer>("", url, options);
  const math = connect(Subtraction, url, options);
  onTestFinished(() => client[Symbol.asyncDispose]());
  onTestFinished(() => math[Symbol.asyncDispose]());
  expect(await client.add(2, 3)).toBe(5);
  expect(await math.subtract({ subtrahend: 23, minuend: 42 })).toBe(19);
  expect(await client.echo(VALUE)).toEqual(VALUE);
  const own = await errorOf(client.fail());
  expect([own.code, own.message]).toEqual(["unknown", "no"]);
  expect(own.details).toEqual([{ jsonrpc: { code: 42, data: { why: "because" } } }]);
  expect((await errorOf(client.missing())).code).toBe("unimplemented");
  const texts = Array.from({ length: 200 }, (_, n) => `text ${n} é漢😀`);
  expect(await Promise.all(texts.map((text) => client.echo(text)))).toEqual(texts);
}

async function errorOf(answer: Promise<unknown>): Promise<RpcError> {
  const error: unknown = await answer.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof RpcError) return error;
  throw new Error("The call was expected to end with an RpcError.", { cause: error });
}

describe("jayson", () => {
  test.each(["http", "tcp", "ws"])(
    "calls over %s: by position, by name, notifications, batches and errors.",
    async (carrier) => {
      expect(await programChecks("jayson-client.cjs", `${carrier}://${await served()}/`)).toBeGreaterThan(13);
    },
  );

  test.each([
    ["http", "jsonrpc://"],
    ["tcp", "jsonrpc+tcp://"],
    ["ws", "jsonrpc+ws://"],
  ])("answers over %s.", async (carrier, scheme) => {
    await callsOf(scheme + (await programServing("jayson-server.cjs", carrier)));
  });

  test.each(["jsonrpc://", "jsonrpc+ws://"])("answers the calls of a turn together, over %s", async (scheme) => {
    const place = await programServing("jayson-server.cjs", scheme.includes("ws") ? "ws" : "http");
    await callsOf(scheme + place, { batch: true });
  });
});

describe("json-rpc-2.0", () => {
  test.each(["http", "ws"])(
    "calls over %s: by position, by name, notifications, batches and errors.",
    async (carrier) => {
      expect(await programChecks("json-rpc-2.0-client.mjs", `${carrier}://${await served()}/`)).toBeGreaterThan(9);
    },
  );
});

describe("vscode-jsonrpc", () => {
  test("calls with headers before its messages, and cancels.", async () => {
    const [, port = ""] = (await served()).split(":");
    expect(await programChecks("vscode-jsonrpc-client.cjs", port)).toBeGreaterThan(9);
  });

  test("answers with headers before its messages.", async () => {
    await callsOf(`jsonrpc+tcp://${await programServing("vscode-jsonrpc-server.cjs")}`, { framing: "headers" });
  });
});
