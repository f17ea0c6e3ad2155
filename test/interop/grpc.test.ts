import { serve } from "callwire";
import { type Client, connect, RpcError } from "callwire/client";
import { describe, expect, onTestFinished, test } from "vitest";
import { echoService } from "../../examples/quickstart/echo.js";
import { EchoService } from "../../examples/quickstart/gen/echo_pb.js";
import { programChecks, programServing } from "./served.js";

describe("@grpc/grpc-js", () => {
  test("calls: all shapes, errors, deadlines, metadata and cancellation, plain and compressed.", async () => {
    const server = await serve([echoService], { listen: ["tcp://127.0.0.1:0"], log: () => {} });
    onTestFinished(() => server.stop({ graceMs: 0 }));
    const address = (server.addresses[0] ?? "").slice("tcp://".length);
    expect(await programChecks("grpc-js-client.cjs", address)).toBe(36);
  });
});

describe.each(["identity", "gzip"])("A server of @grpc/grpc-js that answers in %s", (coding) => {
  test("is called in every shape.", async () => {
    const client = await called(coding);
    expect((await client.echo({ text: "é漢🦊".repeat(10_000) })).text).toBe("é漢🦊".repeat(10_000));
    const texts = Array.from({ length: 200 }, (_, n) => `text ${n}`);
    expect(await Promise.all(texts.map(async (text) => (await client.echo({ text })).text))).toEqual(texts);
    const counted: number[] = [];
    for await (const { n } of client.count({ to: 100 })) counted.push(n);
    expect(counted).toEqual(Array.from({ length: 100 }, (_, n) => n + 1));
    expect((await client.sum(counted.map((n) => ({ n: BigInt(n) })))).sum).toBe(5050n);
    const said: string[] = [];
    for await (const { text } of client.chat([{ text: "a" }, { text: "b" }])) said.push(text);
    expect(said).toEqual(["a", "b"]);
  });

  test("is heard with its errors and metadata.", async () => {
    const client = await called(coding);
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
    const talk = async (): Promise<void> => {
      for await (const { text } of client.chat([{ text: "a" }, { text: "fail" }])) expect(text).toBe("a");
    };
    expect((await errorOf(talk())).code).toBe("aborted");
  });

  test("is given up by deadline and by hand.", async () => {
    const client = await called(coding);
    expect((await errorOf(client.echo({ text: "hang" }, { timeoutMs: 50 }))).code).toBe("deadline_exceeded");
    const giving = new AbortController();
    const counting = async (): Promise<void> => {
      for await (const { n } of client.count({ to: 3, delayMs: 1 }, { signal: giving.signal }))
        if (n === 3) giving.abort();
    };
    expect((await errorOf(counting())).code).toBe("canceled");
  });
});

/** Our client of the program that serves. */
async function called(coding: string): Promise<Client<typeof EchoService>> {
  const client = connect(EchoService, `grpc://${await programServing("grpc-js-server.cjs", coding)}`);
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
