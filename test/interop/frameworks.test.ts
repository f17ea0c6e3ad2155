import { type Client, connect } from "callwire/client";
import { describe, expect, onTestFinished, test } from "vitest";
import { EchoService } from "../../examples/quickstart/gen/echo_pb.js";
import { programServing } from "./served.js";

describe.each(["express", "parsed", "fastify", "hono"])("Within %s", (name) => {
  test("services answer gRPC-Web in every shape, with errors, beside what the application answers.", async () => {
    const address = await programServing("frameworks.mjs", name);
    const client = clientOf(`grpcweb://${address}`);
    await everyShape(client);
    const own = await fetch(`http://${address}/`);
    expect([own.status, await own.text()]).toEqual([200, "the application's own"]);
  });

  test("services answer JSON-RPC, and a caller who leaves is heard.", async () => {
    const address = await programServing("frameworks.mjs", name);
    const client = clientOf(`jsonrpc://${address}`);
    expect((await client.echo({ text: "é漢🦊" })).text).toBe("é漢🦊");
    const counting = clientOf(`grpcweb://${address}`).count({ to: 100_000, delayMs: 1 });
    for await (const { n } of counting) if (n === 3) break;
    expect((await client.echo({ text: "next" })).text).toBe("next");
  });
});

test("Within Express a handler may have a place of its own.", async () => {
  const client = clientOf(`jsonrpc://${await programServing("frameworks.mjs", "express")}/rpc/jsonrpc`);
  expect((await client.echo({ text: "placed" })).text).toBe("placed");
});

test("Within Fastify over HTTP/2 services answer gRPC and gRPC-Web.", async () => {
  const address = await programServing("frameworks.mjs", "fastify-http2");
  await everyShape(clientOf(`grpc://${address}`));
  await everyShape(clientOf(`grpcweb+http2://${address}`));
});

function clientOf(url: string): Client<typeof EchoService> {
  const client = connect(EchoService, url);
  onTestFinished(() => client[Symbol.asyncDispose]());
  return client;
}

async function everyShape(client: Client<typeof EchoService>): Promise<void> {
  const text = "é漢🦊".repeat(10_000);
  expect((await client.echo({ text })).text).toBe(text);
  await expect(client.echo({ text: "fail:not_found:No such ü." })).rejects.toMatchObject({
    code: "not_found",
    message: "No such ü.",
  });
  const counted: number[] = [];
  for await (const { n } of client.count({ to: 1000 })) counted.push(n);
  expect(counted).toEqual(Array.from({ length: 1000 }, (_, n) => n + 1));
  expect((await client.sum(counted.map((n) => ({ n: BigInt(n) })))).sum).toBe(500_500n);
  const said: string[] = [];
  for await (const each of client.chat([{ text: "a" }, { text: "b" }])) said.push(each.text);
  expect(said).toEqual(["a", "b"]);
}
