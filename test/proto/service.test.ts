import { implement, type Interceptor, RpcError, serve } from "callwire";
import { type Client, connect, withOptions } from "callwire/client";
import { describe, expect, onTestFinished, test } from "vitest";
import { echoService } from "../../examples/quickstart/echo.js";
import { EchoService } from "../../examples/quickstart/gen/echo_pb.js";
import { quickstart } from "../../examples/quickstart/service.js";
import { makeRoutes } from "../../src/call/routes.js";
import { loopback } from "../call/loopback.js";
import { CODECS } from "./codecs.js";
import { Kinds } from "./gen/kinds_pb.js";

type Echo = Client<typeof EchoService>;

async function all<T>(messages: AsyncIterable<T>): Promise<T[]> {
  const read: T[] = [];
  for await (const message of messages) read.push(message);
  return read;
}

async function failure(call: Promise<unknown>): Promise<RpcError> {
  const error: unknown = await call.then(
    (value) => new Error(`It was answered: ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  if (!(error instanceof RpcError)) throw error;
  return error;
}

/** A client within this process, whose messages are written in one of the codecs. */
function within(name: keyof typeof CODECS): Echo {
  const codec = CODECS[name];
  return loopback(echoService, { routes: { codecs: [codec] }, client: { codec } });
}

async function served(): Promise<string> {
  const server = await serve([echoService, quickstart], { listen: ["tcp://127.0.0.1:0"], log: () => {} });
  onTestFinished(() => server.stop({ graceMs: 0 }));
  return server.addresses[0]?.slice("tcp://".length) ?? "";
}

function over(url: string): Echo {
  const client = connect(EchoService, url);
  onTestFinished(() => client[Symbol.asyncDispose]());
  return client;
}

async function unaryWorks(client: Echo): Promise<void> {
  const payload = Uint8Array.of(0, 128, 255);
  expect(await client.echo({ text: "héllo", payload })).toEqual({
    $typeName: "echo.v1.EchoReply",
    text: "héllo",
    payload,
  });
  expect(await client.echo({})).toMatchObject({ text: "" });
  const error = await failure(client.echo({ text: "fail:not_found:No such: thing" }));
  expect(error.toString()).toBe("not_found: No such: thing");
  expect((await failure(client.echo({ text: "fail:nonsense:" }))).code).toBe("invalid_argument");
}

async function streamsWork(client: Echo): Promise<void> {
  expect((await all(client.count({ to: 3 }))).map(({ n }) => n)).toEqual([1, 2, 3]);
  expect((await all(client.count({ to: 2, delayMs: 1 }))).map(({ n }) => n)).toEqual([1, 2]);
  expect(await all(client.count({}))).toEqual([]);
  const big = 9_007_199_254_740_993n;
  expect(await client.sum([{ n: big }, { n: -1n }])).toMatchObject({ sum: big - 1n });
  expect(await client.sum([])).toMatchObject({ sum: 0n });
  expect((await failure(client.sum([{ n: 2n ** 63n - 1n }, { n: 1n }]))).code).toBe("out_of_range");
  expect((await all(client.chat([{ text: "a" }, { text: "b" }]))).map(({ text }) => text)).toEqual(["a", "b"]);
  expect((await failure(all(client.chat([{ text: "fail:aborted:x" }])))).code).toBe("aborted");
}

describe("a protobuf service", () => {
  test.each(["value", "json", "proto"] as const)("answers all shapes within a process, in %s", async (codec) => {
    await unaryWorks(within(codec));
    await streamsWork(within(codec));
  });

  test.each(["frame://", "jsonrpc+tcp://", "jsonrpc+ws://", "grpc://"])("answers all shapes over %s", async (wire) => {
    const client = over(wire + (await served()));
    await unaryWorks(client);
    await streamsWork(client);
  });

  test.each(["jsonrpc://", "xmlrpc://"])("answers unary calls over %s", async (wire) => {
    await unaryWorks(over(wire + (await served())));
  });

  test("goes by its own names and by those in JavaScript, with the service's name or, where nobody else is called so, without", async () => {
    const url = `frame://${await served()}`;
    const asks = connect<Record<string, (input: unknown) => unknown>>("", url);
    const named = connect<Record<string, (input: unknown) => unknown>>("echo.v1.EchoService", url);
    onTestFinished(() => asks[Symbol.asyncDispose]());
    onTestFinished(() => named[Symbol.asyncDispose]());
    const calls = ["echo.v1.EchoService.Echo", "echo.v1.EchoService/Echo", "echo.v1.EchoService.echo", "Echo"];
    for (const name of calls) expect(await asks[name]?.({ text: "x" })).toEqual({ text: "x" });
    for (const name of ["Echo", "echo"]) expect(await named[name]?.({ text: "x" })).toEqual({ text: "x" });
    // The plain function of that name answers it.
    expect(await asks["echo"]?.({ any: "thing" })).toEqual({ any: "thing" });
  });

  test("goes by a name in JavaScript alone where no other service has it, and is asked for by its full one where two do", () => {
    const other = { ...echoService, service: { ...echoService.service, name: "other.Echo" } };
    const found = (...services: (typeof echoService)[]): string => {
      const route = makeRoutes(services, { codecs: [CODECS.value] }).find("echo");
      return "code" in route ? route.message : route.info.path;
    };
    expect(found(echoService)).toBe("echo.v1.EchoService/Echo");
    expect(found(echoService, other)).toContain("call one of echo.v1.EchoService.Echo, other.Echo.Echo");
  });

  test("ends a call whose message cannot be read as invalid_argument, and says why", async () => {
    const url = `jsonrpc://${await served()}`;
    const asks = connect<Record<string, (input: unknown) => unknown>>("echo.v1.EchoService", url);
    const error = await failure(Promise.resolve(asks["Echo"]?.({ text: 5 })));
    expect(error.code).toBe("invalid_argument");
    expect(error.message).toMatch(/^The input of echo\.v1\.EchoService\/Echo cannot be read: .*text/u);
  });

  test("ends a call whose answer cannot be written as internal, and tells the log why", async () => {
    const heard: unknown[] = [];
    const wrong = implement(Kinds, {
      sayScalars: () => ({ int32: 1.5 }),
      sayShapes: () => "text" as never,
      sayWellKnown: () => undefined as never,
      sayValue: (value) => value,
      sayTime: (time) => time,
      nothing: () => undefined as never,
      toString$: (node) => node,
    });
    const client = loopback(wrong, {
      routes: { codecs: [CODECS.proto] },
      client: { codec: CODECS.proto },
      server: { report: (error) => heard.push(String(error)) },
    });
    expect((await failure(client.sayScalars({}))).code).toBe("internal");
    expect((await failure(client.sayShapes({}))).code).toBe("internal");
    expect((await failure(client.sayWellKnown({}))).code).toBe("internal");
    expect(heard).toEqual([
      expect.stringContaining("int32"),
      "TypeError: A message of type test.kinds.Shapes is an object, and this is a string.",
      "TypeError: A message of type test.kinds.WellKnown is an object, and this is nothing.",
    ]);
    expect(await client.nothing({})).toEqual({ $typeName: "google.protobuf.Empty" });
    expect(await client.toString$({ name: "n" })).toMatchObject({ name: "n" });
  });

  test("is told of by its own names to the interceptors of both ends", async () => {
    const seen: unknown[] = [];
    const noting: Interceptor = (next) => (call) => {
      seen.push([call.method, (call.input as { text?: string }).text]);
      return next(call);
    };
    const client = loopback(echoService, {
      routes: { codecs: [CODECS.proto], interceptors: [noting] },
      client: { codec: CODECS.proto, interceptors: [noting] },
    });
    await client.echo({ text: "x" });
    const method = { service: "echo.v1.EchoService", name: "Echo", path: "echo.v1.EchoService/Echo", shape: "unary" };
    expect(seen).toEqual([
      [method, "x"],
      [method, "x"],
    ]);
  });

  test("refuses a message that cannot be written, at the caller, with what is wrong", async () => {
    const client = within("proto");
    await expect(client.echo("text" as never)).rejects.toThrow("is an object, and this is a string");
    await expect(client.count({ to: 1.5 }).next()).rejects.toThrow("int32");
    await expect(client.sum([{ n: "x" as never }])).rejects.toThrow();
  });

  test("is cancelled in the middle of its stream", async () => {
    const client = over(`frame://${await served()}`);
    const numbers: number[] = [];
    for await (const { n } of client.count({ to: 1_000_000 })) if (numbers.push(n) === 3) break;
    expect(numbers).toEqual([1, 2, 3]);
    expect(await client.echo({ text: "still there" })).toMatchObject({ text: "still there" });
  });

  test("has clients with options of their own", async () => {
    const client = withOptions(over(`frame://${await served()}`), { timeoutMs: 20 });
    const error = await failure(all(client.count({ to: 2, delayMs: 60_000 })));
    expect(error.code).toBe("deadline_exceeded");
  });
});

describe("implement", () => {
  test("names each protobuf method without a function, as it is called in JavaScript", () => {
    expect(() => implement(EchoService, { echo: () => ({}) } as never)).toThrow(
      "Service echo.v1.EchoService lacks a function for: count, sum, chat. Add each to implement().",
    );
  });

  test("keeps the descriptor", () => {
    expect(echoService.service.desc).toBe(EchoService);
    expect(Object.keys(echoService.service.methods)).toEqual(["echo", "count", "sum", "chat"]);
  });

  test.each([
    ["then", [{ name: "Then", localName: "then" }], 'A method cannot be named "then"'],
    [
      "two",
      [
        { name: "Do", localName: "do" },
        { name: "do", localName: "do" },
      ],
      "Methods Do and do of x.S are both do in JavaScript: rename one.",
    ],
  ])("refuses methods that JavaScript could not tell apart or take: %s", (_what, methods, message) => {
    const desc = {
      kind: "service",
      typeName: "x.S",
      methods: methods.map((each) => ({ ...each, methodKind: "unary" })),
    };
    expect(() => implement(desc as never, {} as never)).toThrow(message);
  });
});
