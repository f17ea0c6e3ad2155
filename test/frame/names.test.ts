import { describe, expect, test } from "vitest";
import { RawPeer } from "./raw-peer.js";
import { served } from "./served.js";

describe("names of methods", () => {
  test.each([
    ["hello", "hello"],
    ["x.y.Streams.hello", "hello"],
    ["x.y.Streams/hello", "hello"],
    ["/x.y.Streams/hello", "hello"],
  ])("%s is found, and its answer is named %s", async (name, out) => {
    const { address } = await served();
    const peer = await RawPeer.to(address);
    peer.say({ in: name, params: { name: "Ada" } });
    expect(await peer.hear()).toEqual({ out, result: { text: "hello Ada" } });
  });

  test.each(["tools.ping", "tools/ping"])("the answer of %s has the name that the method gave it", async (name) => {
    const { address } = await served();
    const peer = await RawPeer.to(address);
    peer.say({ in: name, params: "x" }, { in: name, id: 1, params: "y" });
    expect(await peer.hearAll(2)).toEqual([
      { out: "pong", result: "x" },
      { out: "pong", id: 1, result: "y" },
    ]);
  });

  test("a bare name that two services have is refused with both full names", async () => {
    const { address } = await served();
    const peer = await RawPeer.to(address);
    peer.say({ in: "ping", params: "x" });
    expect(await peer.hear()).toEqual({
      out: "error",
      result: { code: "invalid_argument", message: expect.stringMatching(/tools\.ping.*other\.ping/u) as string },
    });
  });

  test("a method that is itself called error answers so that nobody takes it for one", async () => {
    const { address } = await served();
    const peer = await RawPeer.to(address);
    peer.say({ in: "error", params: "no error" });
    expect(await peer.hear()).toEqual({ out: "error()", result: "no error" });
  });

  test.each([
    "",
    "missing",
    "tools",
    "tools.",
    "tools/missing",
    ".ping",
    "ping.tools",
    "TOOLS.ping",
    "tools.ping ",
    "__proto__",
    "constructor",
    "toString",
    "hasOwnProperty",
    "tools.__proto__",
    "tools.constructor",
    "tools/toString",
    "__proto__.ping",
    "\u0000",
    "x".repeat(10_000),
  ])("an unknown name is unimplemented, and the connection lives on", async (name) => {
    const { address } = await served();
    const peer = await RawPeer.to(address);
    peer.say({ in: name, params: ["x"] }, { in: name, id: 1, params: ["x"] });
    expect(await peer.hearAll(2)).toMatchObject([
      { out: "error", result: { code: "unimplemented" } },
      { out: "error", id: 1, result: { code: "unimplemented" } },
    ]);
    peer.say({ in: "tools.ping", params: "x" });
    expect(await peer.hear()).toEqual({ out: "pong", result: "x" });
  });
});

describe("params", () => {
  test.each<[string, string]>([
    ["[]", "[]"],
    ["[1,2]", "[1,2]"],
    ['"one"', '["one"]'],
    ["null", "[null]"],
    ["0", "[0]"],
    ["false", "[false]"],
    ['{"a":1}', '[{"a":1}]'],
    ["[[1,2]]", "[[1,2]]"],
  ])("of plain functions: %s are the arguments %s", async (params, args) => {
    const { address } = await served();
    const peer = await RawPeer.to(address);
    peer.write(peer.packed(`{"in":"args","params":${params}}`));
    expect(await peer.text()).toBe(`{"out":"args","result":${args}}`);
  });

  test("may be missing, and then there are no arguments", async () => {
    const { address } = await served();
    const peer = await RawPeer.to(address);
    peer.say({ in: "args" });
    expect(await peer.hear()).toEqual({ out: "args", result: [] });
  });

  test("of a contract's method are its one input, which is validated", async () => {
    const { address } = await served();
    const peer = await RawPeer.to(address);
    peer.say({ in: "hello", params: { name: 5 } }, { in: "hello" }, { in: "hello", params: [{ name: "Ada" }] });
    const [wrong, missing, listed] = await peer.hearAll(3);
    expect(wrong).toMatchObject({
      out: "error",
      result: { code: "invalid_argument", details: [{ issues: [{ path: "name" }] }] },
    });
    expect(missing).toMatchObject({ out: "error", result: { code: "invalid_argument" } });
    expect(listed).toMatchObject({ out: "error", result: { code: "invalid_argument" } });
  });

  test.each(['{"__proto__":{"a":1}}', '{"constructor":{"prototype":{"a":1}}}', '{"toString":null}', '["__proto__"]'])(
    "%s are data like any other, and leave no trace",
    async (params) => {
      const { address } = await served();
      const peer = await RawPeer.to(address);
      peer.write(peer.packed(`{"in":"args","params":[${params}]}`));
      expect(await peer.text()).toBe(`{"out":"args","result":[${params}]}`);
      expect(({} as Record<string, unknown>)["a"]).toBeUndefined();
    },
  );

  test("fields that the protocol does not know are left alone", async () => {
    const { address } = await served();
    const peer = await RawPeer.to(address);
    peer.write(peer.packed('{"__proto__":{"id":5},"jsonrpc":"2.0","in":"tools.ping","params":"x","constructor":1}'));
    expect(await peer.text()).toBe('{"out":"pong","result":"x"}');
  });
});

describe("results", () => {
  test("a method that answers nothing answers null", async () => {
    const { address } = await served();
    const peer = await RawPeer.to(address);
    peer.say({ in: "nothing" }, { in: "nothing", id: 1 });
    expect(await peer.hearAll(2)).toEqual([
      { out: "nothing", result: null },
      { out: "nothing", id: 1, result: null },
    ]);
  });

  test("a value is written as JSON.stringify writes it", async () => {
    const { address } = await served();
    const peer = await RawPeer.to(address);
    peer.say({ in: "toJSON" });
    expect(await peer.hear()).toEqual({ out: "toJSON", result: { shown: true } });
  });

  test.each(["bigint", "cycle", "func"])("an answer that cannot be JSON (%s) is internal", async (name) => {
    const { address } = await served();
    const peer = await RawPeer.to(address);
    peer.say({ in: name }, { in: name, id: 1 }, { in: "tools.ping", params: "x" });
    expect(await peer.hearAll(3)).toMatchObject([
      { out: "error", result: { code: "internal" } },
      { out: "error", id: 1, result: { code: "internal" } },
      { out: "pong", result: "x" },
    ]);
  });
});
