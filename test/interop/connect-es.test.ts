import { serve } from "callwire";
import { type Client, connect, RpcError } from "callwire/client";
import { describe, expect, onTestFinished, test } from "vitest";
import { echoService } from "../../examples/quickstart/echo.js";
import { EchoService } from "../../examples/quickstart/gen/echo_pb.js";
import { programChecks, programServing } from "./served.js";

/** Checks of all shapes, errors, deadlines, metadata and cancellation, plain and compressed; fetch sends no streams, and compresses nothing. */
const CHECKS = { grpcweb: 24, connect: 24, "connect-json": 24, fetch: 9 };

describe.each(["1.1", "2"])("connect-es over HTTP/%s", (version) => {
  test.each(Object.entries(CHECKS).filter(([protocol]) => protocol !== "fetch" || version === "1.1"))(
    "calls by %s.",
    async (protocol, checks) => {
      const server = await serve([echoService], { listen: ["tcp://127.0.0.1:0"], log: () => {} });
      onTestFinished(() => server.stop({ graceMs: 0 }));
      const origin = (server.addresses[0] ?? "").replace("tcp:", "http:");
      expect(await programChecks("connect-es-client.mjs", origin, version, protocol)).toBe(checks);
    },
  );
});

describe.each([
  ["grpcweb", "1.1"],
  ["grpcweb", "2"],
  ["connect", "1.1"],
  ["connect", "2"],
] as const)("connect-node, called by %s over HTTP/%s", (wire, version) => {
  const called = (): Promise<Client<typeof EchoService>> => calledBy(wire, version);

  test("serves, and is called with streams of answers and of input.", async () => {
    const client = await called();
    expect((await client.echo({ text: "é漢🦊".repeat(10_000) })).text).toBe("é漢🦊".repeat(10_000));
    const texts = Array.from({ length: 200 }, (_, n) => `text ${n}`);
    expect(await Promise.all(texts.map(async (text) => (await client.echo({ text })).text))).toEqual(texts);
    const counted: number[] = [];
    for await (const { n } of client.count({ to: 100 })) counted.push(n);
    expect(counted).toEqual(Array.from({ length: 100 }, (_, n) => n + 1));
    expect((await client.sum(counted.map((n) => ({ n: BigInt(n) })))).sum).toBe(5050n);
  });

  test("is heard with its errors and metadata.", async () => {
    const client = await called();
    const heard: (string | null)[] = [];
    await client.echo(
      { text: "x" },
      {
        headers: { "x-asked": "this" },
        onHeader: (fields) => heard.push(fields.get("x-head")),
        onTrailer: (fields) => heard.push(fields.get("x-end")),
      },
    );
    expect(heard).toEqual(["this", "yes"]);
    expect(await errorOf(client.echo({ text: "fail" }))).toMatchObject({
      code: "not_found",
      message: "No such ü, 100 %.",
    });
  });

  test("is given up by deadline and by hand.", async () => {
    const client = await called();
    expect((await errorOf(client.echo({ text: "hang" }, { timeoutMs: 50 }))).code).toBe("deadline_exceeded");
    const giving = new AbortController();
    const counting = async (): Promise<void> => {
      for await (const { n } of client.count({ to: 3, delayMs: 1 }, { signal: giving.signal }))
        if (n === 3) giving.abort();
    };
    expect((await errorOf(counting())).code).toBe("canceled");
  });
});

test.each(["grpcweb", "connect"] as const)("connect-node talks by %s, over HTTP/2 alone.", async (wire) => {
  const client = await calledBy(wire, "2");
  const said: string[] = [];
  const talk = async (...texts: string[]): Promise<void> => {
    for await (const { text } of client.chat(texts.map((text) => ({ text })))) said.push(text);
  };
  await talk("a", "b");
  expect((await errorOf(talk("c", "fail"))).code).toBe("aborted");
  expect(said).toEqual(["a", "b", "c"]);
  const old = await calledBy(wire, "1.1");
  expect((await errorOf(all(old.chat([{ text: "a" }])))).message).toContain("505");
});

async function all<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const each of stream) list.push(each);
  return list;
}

/** Our client of the program that serves. */
async function calledBy(wire: "grpcweb" | "connect", version: string): Promise<Client<typeof EchoService>> {
  const address = await programServing("connect-es-server.mjs", version);
  const client = connect(EchoService, `${wire}+${version === "2" ? "http2" : "http"}://${address}`);
  onTestFinished(() => client[Symbol.asyncDispose]());
  return client;
}

async function errorOf(answer: Promise<unknown>): Promise<RpcError> {
  const error: unknown = await answer.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof RpcError) return error;
  throw new Error("The call was expected to end with an RpcError.", { cause: error });
}
