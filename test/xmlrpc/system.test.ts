import { describe, expect, test } from "vitest";
import { OK } from "../../src/call/status.js";
import type { CallHead, Dispatch } from "../../src/call/sink.js";
import { failure } from "../../src/call/status.js";
import { Recorder } from "../wirekit/world.js";
import { overXml } from "./loopback.js";
import { dispatch, told } from "./served.js";

const head = (path: string): CallHead => ({
  path,
  codec: "value",
  timeoutMs: undefined,
  fields: [],
  peer: { address: "memory://" },
  positional: true,
  shape: "unary",
});

/** Calls through XML, both ways; an error comes as `code: message`. */
async function call(path: string, params: readonly unknown[] = [], to: Dispatch = dispatch): Promise<unknown> {
  const reply = new Recorder();
  const wire = overXml(to, { chunkBytes: 100 });
  wire.dispatch(head(path), reply).end(OK, params);
  const { code, message } = await reply.over;
  return code === "ok" ? reply.messages[0] : `${code}: ${message}`;
}

describe("Introspection", () => {
  test("system.listMethods names every unary method, in full and where it is the only one by itself, sorted.", async () => {
    expect(await call("system.listMethods")).toEqual([
      "add",
      "calc.add",
      "calc.echo",
      "calc.fail",
      "calc.hang",
      "calc.headers",
      "calc.later",
      "calc.map",
      "calc.timeLeft",
      "demo.Greeter.echo",
      "demo.Greeter.hello",
      "fail",
      "hang",
      "headers",
      "hello",
      "later",
      "map",
      "system.getCapabilities",
      "system.listMethods",
      "system.methodHelp",
      "system.methodSignature",
      "system.multicall",
      "timeLeft",
    ]);
  });

  test.each([
    ["demo.Greeter.hello", "Greets by name."],
    ["demo.Greeter/hello", "Greets by name."],
    ["hello", "Greets by name."],
    ["add", ""],
    ["system.listMethods", "The names of all methods."],
    ["echo", expect.stringMatching(/^unimplemented: Unknown method "echo"/u)],
    ["nothing", expect.stringMatching(/^unimplemented: /u)],
    ["services", expect.stringMatching(/^unimplemented: /u)],
  ])("system.methodHelp of %s tells what it does.", async (name, help) => {
    expect(await call("system.methodHelp", [name])).toEqual(help);
  });

  test.each([
    ["hello", [["struct", "struct"]]],
    ["add", "undef"],
    ["demo.Greeter.echo", "undef"],
    ["system.methodHelp", [["string", "string"]]],
    ["system.getCapabilities", [["struct"]]],
    ["nothing", expect.stringMatching(/^unimplemented: /u)],
  ])("system.methodSignature of %s tells its types, where its schemas do.", async (name, signature) => {
    expect(await call("system.methodSignature", [name])).toEqual(signature);
  });

  test("system.getCapabilities lists specifications.", async () => {
    const capabilities = await call("system.getCapabilities");
    expect(Object.keys(capabilities as object)).toEqual([
      "xmlrpc",
      "faults_interop",
      "introspection",
      "system.multicall",
      "nil",
    ]); // a struct
    expect(capabilities).toMatchObject({ faults_interop: { specUrl: expect.any(String), specVersion: 20_010_516 } });
  });

  test.each<[string, unknown[]]>([
    ["system.listMethods", [1]],
    ["system.getCapabilities", [{}]],
    ["system.methodHelp", []],
    ["system.methodHelp", [5]],
    ["system.methodSignature", ["a", "b"]],
    ["system.multicall", []],
    ["system.multicall", ["a"]],
    ["system.multicall", [[], []]],
  ])("%s of %j is an invalid argument.", async (path, params) => {
    expect(await call(path, params)).toMatch(/^invalid_argument: Method system\.\w+ takes /u);
  });

  test("Another method named system. is left to the services, and their error is passed on.", async () => {
    expect(await call("system.other")).toMatch(/^unimplemented: Unknown method "system\.other"/u);
    const without: Dispatch = (_head, reply) => {
      reply.end(failure("unavailable", "Not now."));
      return { head() {}, message: () => true, end() {}, drain() {} };
    };
    expect(await call("system.listMethods", [], without)).toBe("unavailable: Not now.");
  });
});

const entry = (methodName: unknown, ...params: readonly unknown[]): object => ({ methodName, params });

describe("system.multicall", () => {
  test("Each call has its result, an error in its place, in the order of the calls.", async () => {
    const calls = [
      entry("add", 2, 3),
      entry("nothing"),
      entry("calc.echo", [[1]]),
      entry("calc.fail", 17),
      entry("calc.map"),
      entry("demo.Greeter.ticks", 2),
      entry("demo.Greeter.hello", { name: "Ada" }),
      entry("calc.echo"),
    ];
    expect(await call("system.multicall", [calls])).toEqual([
      [5],
      { faultCode: -32_601, faultString: expect.stringMatching(/Unknown method/u) },
      [[[1]]],
      { faultCode: 17, faultString: "No\uFFFD." },
      { faultCode: -32_603, faultString: expect.stringMatching(/result is a Map/u) },
      { faultCode: -32_601, faultString: expect.stringMatching(/stream/u) },
      [{ text: "hello Ada" }],
      [null],
    ]);
  });

  test("Calls are made one after the other.", async () => {
    told.length = 0;
    expect(await call("system.multicall", [[entry("later", 1), entry("later", 2), entry("add", 1, 2)]])).toEqual([
      [1],
      [2],
      [3],
    ]);
    expect(told).toEqual(["began 1", "ended 1", "began 2", "ended 2"]);
  });

  test("A call that is none, and one of system.multicall itself, is an error in its place.", async () => {
    const wrong = { faultCode: -32_602, faultString: expect.stringMatching(/is a struct of/u) };
    const calls = [
      1,
      null,
      {},
      entry(5),
      { methodName: "add" },
      { methodName: "add", params: {} },
      entry("system.multicall", []),
    ];
    expect(await call("system.multicall", [calls])).toEqual([
      ...Array.from({ length: 6 }, () => wrong),
      { faultCode: -32_602, faultString: "Method system.multicall may not call itself." },
    ]);
    expect(await call("system.multicall", [[entry("system.methodHelp", "hello")]])).toEqual([["Greets by name."]]);
  });

  test("There may be a thousand calls, and no more.", async () => {
    const calls = (count: number): object[] => Array.from({ length: count }, (_, i) => entry("add", i, 1));
    expect(await call("system.multicall", [calls(1000)])).toEqual(Array.from({ length: 1000 }, (_, i) => [i + 1]));
    expect(await call("system.multicall", [calls(1001)])).toMatch(/^invalid_argument: .*at most 1000/u);
    expect(await call("system.multicall", [[]])).toEqual([]);
  });

  test("Giving it up cancels the call that is open, and makes no others.", async () => {
    told.length = 0;
    const reply = new Recorder();
    const { dispatch: wire, http } = overXml(dispatch);
    const request = wire(head("system.multicall"), reply);
    request.end(OK, [[entry("hang"), entry("later", 1)]]);
    expect(told).toEqual(["hangs"]);
    request.end(failure("canceled", "Enough."));
    await new Promise(setImmediate);
    expect(told).toEqual(["hangs", "stopped"]);
    expect(http.open).toBe(0);
  });
});
