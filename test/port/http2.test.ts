import { once } from "node:events";
import { connect as session } from "node:http2";
import { functions, serve, type ServeOptions, type Server } from "callwire";
import { connect } from "callwire/client";
import { expect, onTestFinished, test } from "vitest";

const waiting: (() => void)[] = [];
const tools = functions("tools", {
  echo: (value: unknown) => value,
  wait: (value: unknown) => new Promise((resolve) => waiting.push(() => resolve(value))),
});

async function served(options: ServeOptions = {}): Promise<{ server: Server; place: string }> {
  const server = await serve([tools], { listen: ["tcp://127.0.0.1:0"], log: () => {}, ...options });
  onTestFinished(() => server.stop({ graceMs: 0 }));
  return { server, place: new URL(server.addresses[0] ?? "").host };
}

async function post(place: string, body: string): Promise<{ status: number; text: string }> {
  const client = session(`http://${place}`);
  onTestFinished(() => client.destroy());
  const stream = client.request({ ":path": "/", ":method": "POST", "content-type": "application/json" });
  const head = once(stream, "response");
  stream.end(body);
  let text = "";
  for await (const part of stream.setEncoding("utf8")) text += String(part);
  const [{ ":status": status }] = (await head) as [{ ":status": number }]; // what node tells of an answer's head
  return { status, text };
}

test("Wires of one message are answered over HTTP/2 too, and their bodies have the limit of a message.", async () => {
  const { place } = await served({ maxMessageBytes: 10_000 });
  const call = (value: string): string => JSON.stringify({ jsonrpc: "2.0", id: 1, method: "echo", params: [value] });
  expect(await post(place, call("x"))).toEqual({ status: 200, text: '{"jsonrpc":"2.0","id":1,"result":"x"}' });
  const long = await post(place, call("x".repeat(20_000)));
  expect(long.status).toBe(413);
  expect(long.text).toContain("10000 bytes");
  expect((await post(place, call("y"))).status).toBe(200);
});

test("Where a server takes two calls on a connection, a client has as many connections as it needs.", async () => {
  const { server, place } = await served({ maxConcurrentCalls: 2 });
  const client = connect<{ wait(n: number): number; echo(n: number): number }>("tools", `grpc://${place}`);
  onTestFinished(() => client[Symbol.asyncDispose]());
  expect(await client.echo(1)).toBe(1);
  const answers = Array.from({ length: 6 }, (_, n) => client.wait(n));
  while (waiting.length < 6) await new Promise(setImmediate);
  for (const open of waiting.splice(0)) open();
  expect(await Promise.all(answers)).toEqual([0, 1, 2, 3, 4, 5]);
  expect(server.counters.connections).toBe(3);
});
