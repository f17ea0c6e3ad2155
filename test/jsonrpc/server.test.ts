import { describe, expect, test } from "vitest";
import type { Dispatch, Sink } from "../../src/call/sink.js";
import { failure, OK } from "../../src/call/status.js";
import { Bench } from "./service.js";
import { FRAMINGS, serverTalk, settled } from "./talk.js";

const V = { jsonrpc: "2.0" } as const;

/** An error response without its words. */
function error(code: number, id: unknown): unknown {
  return { ...V, id, error: expect.objectContaining({ code, message: expect.stringMatching(/^[A-Z"].*\.$/u) }) };
}

describe("Requests", () => {
  test("Ids are echoed exactly: numbers, texts, null, fractions.", () => {
    const talk = serverTalk("lines", new Bench().dispatch);
    for (const id of ["1", '"1"', '""', "null", "0", "-5", "9007199254740991", "0.5", "1e-7", '"é\\n\\u0000"']) {
      talk.say(`{"jsonrpc":"2.0","method":"add","params":[2,3],"id":${id}}`);
      const [text = ""] = talk.texts();
      expect(text).toBe(`{"jsonrpc":"2.0","id":${id},"result":5}`);
    }
  });

  test("Ids that parsing would change are refused, with null for an id.", () => {
    const talk = serverTalk("lines", new Bench().dispatch);
    for (const id of ["9007199254740993", "12345678901234567890", "1e300", "0.30000000000000004", "true", "[]", "{}"]) {
      talk.say(`{"jsonrpc":"2.0","method":"add","params":[2,3],"id":${id}}`);
      expect(talk.heard()).toEqual([error(-32600, null)]);
    }
  });

  test("Arguments go by position, by name, or there are none.", () => {
    const talk = serverTalk("lines", new Bench().dispatch);
    const table: readonly [method: string, params: unknown, result: unknown][] = [
      ["tools.args", [1, [2], null], [1, [2], null]],
      ["tools.args", [], []],
      ["tools.args", undefined, []],
      ["tools.args", { a: 1 }, [{ a: 1 }]],
      ["examples.subtract", { subtrahend: 1, minuend: 3 }, 2],
      ["demo.Greeter.hello", { name: "Ada" }, { text: "hello Ada" }],
      ["demo.Greeter.hello", [{ name: "Ada" }], { text: "hello Ada" }],
      ["demo.Greeter/hello", { name: "Ada" }, { text: "hello Ada" }],
      ["hello", { name: "Ada" }, { text: "hello Ada" }],
      ["demo.Greeter.echo", [[1]], [1]],
      ["demo.Greeter.echo", [null], null],
      ["demo.Greeter.echo", {}, {}],
      ["nothing", undefined, null],
    ];
    for (const [method, params, result] of table) {
      talk.say({ ...V, id: 1, method, params });
      expect(talk.heard()).toEqual([{ ...V, id: 1, result }]);
    }
  });

  test("Arguments that do not fit are -32602, and a method that there is not is -32601.", () => {
    const talk = serverTalk("lines", new Bench().dispatch);
    talk.say(
      { ...V, id: 1, method: "demo.Greeter.hello", params: { name: 5 } },
      { ...V, id: 2, method: "demo.Greeter.hello", params: [1, 2] },
      { ...V, id: 3, method: "examples.subtract", params: { other: 5 } },
      { ...V, id: 4, method: "demo.Greeter.nope" },
      { ...V, id: 5, method: "__proto__" },
      { ...V, id: 6, method: "" },
      { ...V, id: 7, method: "rpc.nope" },
    );
    const codes = [-32602, -32602, -32602, -32601, -32601, -32601, -32601];
    expect(talk.heard()).toEqual(codes.map((code, index) => error(code, index + 1)));
  });

  test("A member named __proto__ is data, and nothing else.", () => {
    const talk = serverTalk("lines", new Bench().dispatch);
    talk.say('{"jsonrpc":"2.0","id":1,"method":"tools.own","params":[{"__proto__":{"a":1},"constructor":2}]}');
    talk.say('{"jsonrpc":"2.0","id":2,"method":"demo.Greeter.echo","params":{"__proto__":{"name":"Ada"}}}');
    expect(talk.texts()).toEqual([
      '{"jsonrpc":"2.0","id":1,"result":["__proto__","constructor"]}',
      '{"jsonrpc":"2.0","id":2,"result":{"__proto__":{"name":"Ada"}}}',
    ]);
    expect(Object.hasOwn(Object.prototype, "a")).toBe(false);
    talk.say('{"jsonrpc":"2.0","id":3,"__proto__":{"method":"add"}}');
    expect(talk.heard()).toEqual([error(-32600, 3)]);
  });

  test("What is no request is -32600, with its id where that can be echoed.", () => {
    const talk = serverTalk("lines", new Bench().dispatch);
    const table: readonly [text: string, id: unknown][] = [
      ['{"jsonrpc":"1.0","method":"add","id":1}', 1],
      ['{"method":"add","id":"x"}', "x"],
      ['{"jsonrpc":"2.0","method":"add","params":null,"id":2}', 2],
      ['{"jsonrpc":"2.0","method":"add","params":5}', null],
      ['{"jsonrpc":"2.0","id":3,"result":5}', 3],
      ["5", null],
      ['"text"', null],
      ["{}", null],
    ];
    for (const [text, id] of table) {
      talk.say(text);
      expect([text, ...talk.heard()]).toEqual([text, error(-32600, id)]);
    }
  });

  test("Notifications run, and whatever comes of them is not answered.", async () => {
    const bench = new Bench();
    const talk = serverTalk("lines", bench.dispatch);
    talk.say({ ...V, method: "note", params: ["a"] }, { ...V, method: "fail", params: ["not_found"] });
    talk.say({ ...V, method: "nope" }, { ...V, method: "ticks", params: { count: 100 } }, { ...V, method: "bigint" });
    talk.say({ ...V, method: "wait", params: ["gate"] }, { ...V, method: "later", params: [1] });
    bench.open();
    await settled();
    expect(talk.heard()).toEqual([]);
    expect(talk.session.open).toBe(0);
    expect(bench.heard).toEqual(["a", "gate waits"]);
  });

  test("Answers come as they are ready, and those to one id that was used twice are both given.", async () => {
    const bench = new Bench();
    const talk = serverTalk("lines", bench.dispatch);
    talk.say({ ...V, id: 1, method: "wait", params: ["a"] }, { ...V, id: 1, method: "wait", params: ["b"] });
    talk.say({ ...V, id: 2, method: "add", params: [1, 1] });
    expect(talk.heard()).toEqual([{ ...V, id: 2, result: 2 }]);
    bench.open();
    bench.open();
    expect(await talk.hear(2)).toEqual([
      { ...V, id: 1, result: "a" },
      { ...V, id: 1, result: "b" },
    ]);
    expect(talk.session.open).toBe(0);
  });

  test("An error carries its details as data, its trailers beside it, and an answer that is no JSON is -32603.", () => {
    const talk = serverTalk("lines", new Bench().dispatch);
    talk.say({ ...V, id: 1, method: "fail", params: ["not_found", [{ at: 1 }]] }, { ...V, id: 2, method: "bigint" });
    const data = { code: "not_found", details: [{ at: 1 }] };
    expect(talk.heard()).toEqual([
      { ...V, id: 1, error: { code: -32005, message: "It failed.", data }, trailers: { "x-why": "because" } },
      error(-32603, 2),
    ]);
  });

  test("An application's own number is answered as it is.", () => {
    const own = [{ jsonrpc: { code: 1001, data: { why: "x" } } }];
    const talk = serverTalk("lines", new Bench().dispatch);
    talk.say({ ...V, id: 1, method: "fail", params: ["not_found", own] });
    expect(talk.heard()).toMatchObject([{ error: { code: 1001, message: "It failed.", data: { why: "x" } } }]);
  });

  test("Headers reach the method, its own come beside the result, and timeout_ms is its deadline.", async () => {
    const talk = serverTalk("lines", new Bench().dispatch);
    talk.say(
      { ...V, id: 1, method: "fields", headers: { "X-A": ["1", "2"], b: "ß" } },
      { ...V, id: 2, method: "fields" },
    );
    talk.say({ ...V, id: 3, method: "left", timeout_ms: 60_000 }, { ...V, id: 4, method: "left" });
    const beside = { headers: { "x-head": "1", "content-length": "5" }, trailers: { "x-trail": "2" } };
    expect(talk.heard()).toEqual([
      { ...V, id: 1, result: { "x-a": "1, 2", b: "ß" }, ...beside },
      { ...V, id: 2, result: {}, ...beside },
      { ...V, id: 3, result: expect.toSatisfy((left: number) => left > 50_000 && left <= 60_000) },
      { ...V, id: 4, result: null },
    ]);
    talk.say({ ...V, id: 5, method: "wait", params: ["a"], timeout_ms: 5 });
    expect(await talk.hear(1)).toEqual([error(-32004, 5)]);
  });
});

describe("Batches", () => {
  test("A batch is answered in the order of its requests, whichever ends first.", async () => {
    const bench = new Bench();
    for (const framing of FRAMINGS) {
      const talk = serverTalk(framing, bench.dispatch);
      talk.say([
        { ...V, id: 1, method: "wait", params: ["a"] },
        { ...V, id: 2, method: "later", params: ["b"] },
        { ...V, method: "wait", params: ["c"] },
        [],
        { ...V, id: 3, method: "add", params: [1, 1] },
      ]);
      await settled();
      expect(talk.heard()).toEqual([]);
      bench.open();
      bench.open();
      const [answer] = await talk.hear(1);
      expect(answer).toEqual([
        { ...V, id: 1, result: "a" },
        { ...V, id: 2, result: "b" },
        error(-32600, null),
        { ...V, id: 3, result: 2 },
      ]);
      expect(talk.session.open).toBe(0);
    }
  });

  test("At most 64 requests of a batch run at once, or as many as may be open; what comes behind it is read when all have begun.", async () => {
    for (const [maxConcurrentCalls, most] of [
      [4096, 64],
      [10, 10],
    ] as const) {
      const bench = new Bench();
      const talk = serverTalk("lines", bench.dispatch, { maxConcurrentCalls });
      const batch = Array.from({ length: 200 }, (_, id) => ({ ...V, id, method: "wait", params: [`${id}`] }));
      talk.say(batch, { ...V, id: "next", method: "add", params: [1, 1] });
      expect([bench.waiting, talk.paused, talk.session.open]).toEqual([most, true, most]);
      let heard: unknown[] = [];
      for (let n = 0; n < 1000 && heard.length < 2; n += 1) {
        bench.open();
        await settled();
        heard = [...heard, ...talk.heard()];
      }
      expect(heard).toEqual([
        { ...V, id: "next", result: 2 },
        batch.map(({ id, params: [result] }) => ({ ...V, id, result })),
      ]);
      expect([bench.most, bench.waiting, talk.paused, talk.session.open]).toEqual([most, 0, false, 0]);
    }
  });

  test("A batch may have 1,000 requests, and one more is one error.", () => {
    const talk = serverTalk("lines", new Bench().dispatch);
    const batch = Array.from({ length: 1000 }, (_, id) => ({ ...V, id, method: "add", params: [id, 1] }));
    talk.say(batch, [...batch, 1]);
    expect(talk.heard()).toEqual([batch.map(({ id }) => ({ ...V, id, result: id + 1 })), error(-32600, null)]);
  });

  test("A request of a batch can be cancelled, and one that streams is refused.", async () => {
    const bench = new Bench();
    const talk = serverTalk("lines", bench.dispatch);
    talk.say([
      { ...V, id: 1, method: "wait", params: ["a"] },
      { ...V, id: 2, method: "ticks", params: { count: 3 } },
      { ...V, id: 3, method: "total", params: [1], more: true },
      { ...V, id: 4, method: "ticks", params: { count: 1 } },
      { ...V, id: 5, method: "ticks", params: { count: 0 } },
    ]);
    await settled();
    talk.say([{ ...V, method: "rpc.cancel", params: { id: 1 } }]);
    expect(await talk.hear(1)).toEqual([
      [error(-32001, 1), error(-32601, 2), error(-32601, 3), { ...V, id: 4, result: 0 }, { ...V, id: 5, result: null }],
    ]);
    expect(bench.heard).toEqual(["a waits", "a canceled"]);
  });
});

describe("Limits", () => {
  test("A message over the limit, or too deep, is answered with its id where that comes first; the connection lives on.", () => {
    for (const framing of FRAMINGS) {
      const talk = serverTalk(framing, new Bench().dispatch, { maxMessageBytes: 300, maxDepth: 5 });
      const long = "x".repeat(400);
      talk.say({ ...V, id: 7, method: "args", params: [long] }, { ...V, method: "args", params: [long], id: 8 });
      talk.say(`{"jsonrpc":"2.0","id":"d","method":"args","params":[[[[[1]]]]]}`, [[[[[[1]]]]]]);
      talk.say({ ...V, id: 9, method: "add", params: [1, 1] });
      expect(talk.heard()).toEqual([
        error(-32008, 7),
        error(-32008, null),
        error(-32600, "d"),
        error(-32600, null),
        { ...V, id: 9, result: 2 },
      ]);
      expect(talk.failed).toBeUndefined();
    }
  });

  test("A message that is too long to be skipped ends the connection, and its calls.", async () => {
    for (const framing of ["lines", "headers"] as const) {
      const bench = new Bench();
      const talk = serverTalk(framing, bench.dispatch, { maxMessageBytes: 100 });
      talk.say(
        { ...V, id: 1, method: "wait", params: ["a"] },
        { ...V, id: 2, method: "args", params: ["x".repeat(2000)] },
      );
      expect(talk.heard()).toEqual([error(-32008, 2)]);
      expect(talk.failed).toMatch(/too long/u);
      expect([talk.session.open, bench.heard]).toEqual([0, ["a waits", "a unavailable"]]);
      talk.say({ ...V, id: 3, method: "add", params: [1, 1] });
      expect(talk.heard()).toEqual([]);
    }
  });

  test("A header part that cannot be read ends the connection with a parse error.", () => {
    const talk = serverTalk("headers", new Bench().dispatch);
    talk.session.receive(Buffer.from("Content-Length: x\r\n\r\n{}"));
    expect(talk.heard()).toEqual([error(-32700, null)]);
    expect(talk.failed).toMatch(/header part/u);
  });

  test("Headers over the limit are refused, and the call is not made.", () => {
    const talk = serverTalk("lines", new Bench().dispatch, { maxHeaderBytes: 10 });
    talk.say({ ...V, id: 1, method: "fields", headers: { "x-long": "12345" } });
    talk.say({ ...V, id: 2, method: "fields", headers: { "x-long": "1234" } });
    expect(talk.heard()).toEqual([error(-32008, 1), expect.objectContaining({ id: 2, result: { "x-long": "1234" } })]);
  });

  test("A call over the limit waits unread, and so does what comes behind it.", async () => {
    for (const framing of FRAMINGS) {
      const bench = new Bench();
      const talk = serverTalk(framing, bench.dispatch, { maxConcurrentCalls: 2 });
      const ids = [1, 2, 3, 4, 5];
      talk.say(...ids.map((id) => ({ ...V, id, method: "wait", params: [`${id}`] })), { ...V, id: 6, method: "nope" });
      expect([bench.waiting, talk.paused]).toEqual([2, true]);
      for (const id of ids) {
        bench.open();
        await settled();
        expect(talk.heard()[0]).toEqual({ ...V, id, result: `${id}` });
      }
      expect([bench.most, talk.paused, talk.session.open]).toEqual([2, false, 0]);
    }
  });

  test("A message that takes too long to arrive ends the connection, and one that is whole does not.", () => {
    const talk = serverTalk("lines", new Bench().dispatch, { requestTimeoutMs: 100 });
    talk.say({ ...V, id: 1, method: "add", params: [1, 1] });
    talk.session.tick?.(1000);
    talk.session.receive(Buffer.from('{"jsonrpc":'));
    talk.session.tick?.(60);
    talk.session.receive(Buffer.from('"2.0",'));
    expect(talk.failed).toBeUndefined();
    talk.session.tick?.(60);
    expect(talk.heard()).toEqual([{ ...V, id: 1, result: 2 }, error(-32004, null)]);
    expect(talk.failed).toMatch(/too long to arrive/u);
  });

  test("A message that the end of the connection cuts is a parse error; calls that have been made are answered.", async () => {
    const bench = new Bench();
    const talk = serverTalk("lines", bench.dispatch);
    talk.say({ ...V, id: 1, method: "wait", params: ["a"] }, { ...V, id: 2, method: "total", params: [1], more: true });
    talk.session.receive(Buffer.from('{"jsonrpc":'));
    talk.session.finish();
    expect(talk.heard()).toEqual([error(-32700, null), error(-32001, 2)]);
    bench.open();
    expect(await talk.hear(1)).toEqual([{ ...V, id: 1, result: "a" }]);
    expect(talk.session.open).toBe(0);
  });

  test("A server that stops refuses new calls and lets open ones end.", async () => {
    const bench = new Bench();
    const talk = serverTalk("lines", bench.dispatch);
    talk.say({ ...V, id: 1, method: "wait", params: ["a"] });
    talk.session.retire();
    talk.say({ ...V, id: 2, method: "add", params: [1, 1] }, { ...V, method: "note", params: ["b"] });
    talk.say([
      { ...V, id: 3, method: "add", params: [1, 1] },
      { ...V, method: "note", params: ["b"] },
    ]);
    expect(talk.heard()).toEqual([error(-32014, 2), [error(-32014, 3)]]);
    bench.open();
    expect(await talk.hear(1)).toEqual([{ ...V, id: 1, result: "a" }]);
    expect(bench.heard).toEqual(["a waits"]);
  });

  test("A lost connection cancels every call, and nothing is said any more.", () => {
    const bench = new Bench();
    const talk = serverTalk("lines", bench.dispatch);
    const wait = (key: string): object => ({ method: "wait", params: [key] });
    talk.say({ ...V, id: 1, ...wait("a") }, { ...V, id: 1, ...wait("b") }, { ...V, ...wait("c") });
    talk.say([
      { ...V, id: 2, ...wait("d") },
      { ...V, id: null, ...wait("e") },
    ]);
    talk.end();
    const keys = ["a", "b", "c", "d", "e"];
    expect(bench.heard.toSorted()).toEqual(keys.flatMap((key) => [`${key} unavailable`, `${key} waits`]));
    expect([talk.heard(), talk.session.open]).toEqual([[], 0]);
  });
});

describe("Streams", () => {
  const said = (id: unknown, value: unknown): object => ({ ...V, method: "rpc.message", params: { id, value } });

  test("Messages of a stream are notifications, and its end is the response.", async () => {
    for (const framing of FRAMINGS) {
      const talk = serverTalk(framing, new Bench().dispatch);
      talk.say({ ...V, id: "s", method: "ticks", params: { count: 3 } });
      const heard = await talk.hear(4);
      expect(heard).toEqual([said("s", 0), said("s", 1), said("s", 2), { ...V, id: "s", result: null }]);
    }
  });

  test("A stream of input begins with more, goes on with rpc.message and ends with rpc.end.", async () => {
    const talk = serverTalk("lines", new Bench().dispatch);
    talk.say({ ...V, id: 1, method: "total", params: [1], more: true }, said(1, 2), said(1, 3));
    talk.say({ ...V, method: "rpc.end", params: { id: 1 } }, said(1, 4), {
      ...V,
      method: "rpc.end",
      params: { id: 1 },
    });
    expect(await talk.hear(1)).toEqual([{ ...V, id: 1, result: 6 }]);
    talk.say({ ...V, id: 2, method: "total", more: true }, said(2, 5), { ...V, method: "rpc.end", params: { id: 2 } });
    talk.say({ ...V, id: 3, method: "total" });
    expect(await talk.hear(2)).toEqual([
      { ...V, id: 3, result: 0 },
      { ...V, id: 2, result: 5 },
    ]);
  });

  test("Messages of any value cross as they are, whatever the first was; headers go in the first answer, trailers in the last.", async () => {
    for (const first of [{ params: [[1]] }, { params: { a: 1 } }, {}]) {
      const talk = serverTalk("lines", new Bench().dispatch);
      const values = [[2, 3], [4], [], null, 0, { b: [5] }, "x"];
      talk.say({ ...V, id: 1, method: "chat", ...first, more: true }, ...values.map((value) => said(1, value)));
      talk.say({ ...V, method: "rpc.end", params: { id: 1 } });
      const [opening] = Array.isArray(first.params) ? first.params : [first.params];
      const all = opening === undefined ? values : [opening, ...values];
      const heard = (await talk.hear(all.length + 1)) as { params?: { value: unknown; headers?: unknown } }[];
      expect(heard.slice(0, -1).map(({ params }) => params?.value)).toEqual(all);
      expect(heard.map(({ params }) => params?.headers).filter(Boolean)).toEqual([{ "x-head": "1" }]);
      expect(heard.at(-1)).toEqual({ ...V, id: 1, result: null, trailers: { "x-trail": "2" } });
    }
  });

  test("A call is cancelled by rpc.cancel and by $/cancelRequest, and answered once.", () => {
    for (const method of ["rpc.cancel", "$/cancelRequest"]) {
      const bench = new Bench();
      const talk = serverTalk("headers", bench.dispatch);
      const cancel = { ...V, method, params: { id: "a" } };
      talk.say({ ...V, id: "a", method: "wait", params: ["a"] }, cancel, cancel);
      expect(talk.heard()).toEqual([error(-32001, "a")]);
      expect([bench.heard, talk.session.open]).toEqual([["a waits", "a canceled"], 0]);
    }
  });

  test("What is said of a call that there is not means nothing; asked with an id it is -32600.", () => {
    const talk = serverTalk("lines", new Bench().dispatch);
    for (const params of [undefined, [], [1], {}, { id: 1 }, { id: null, value: 1 }, { id: {}, value: 1 }])
      for (const method of ["rpc.message", "rpc.end", "rpc.cancel", "$/cancelRequest"])
        talk.say({ ...V, method, params });
    expect(talk.heard()).toEqual([]);
    talk.say({ ...V, id: 1, method: "rpc.cancel", params: { id: 2 } });
    expect(talk.heard()).toEqual([error(-32600, 1)]);
  });

  test("A stream without an id, or with null, is refused at its second message.", async () => {
    const talk = serverTalk("lines", new Bench().dispatch);
    talk.say({ ...V, id: null, method: "ticks", params: { count: 3 } }, { ...V, method: "total", more: true });
    expect(await talk.hear(2)).toEqual(expect.arrayContaining([error(-32600, null), error(-32601, null)]));
  });

  test("A method that takes no more of its input for now stops reading, and goes on with it.", () => {
    const requests: unknown[] = [];
    let reply: Sink | undefined;
    const dispatch: Dispatch = (_head, sink) => {
      reply = sink;
      return {
        head() {},
        message: (body) => requests.push(body) % 2 === 0,
        end: (status) => requests.push(status.code),
        drain() {},
      };
    };
    for (const framing of FRAMINGS) {
      requests.length = 0;
      const talk = serverTalk(framing, dispatch);
      talk.say({ ...V, id: 1, method: "m", params: { n: 1 }, more: true }, said(1, 2), said(1, 3), said(1, 4));
      talk.say({ ...V, method: "rpc.end", params: { id: 1 } });
      expect([requests, talk.paused]).toEqual([[{ n: 1 }], true]);
      reply?.drain();
      expect([requests, talk.paused]).toEqual([[{ n: 1 }, 2, 3], true]);
      reply?.drain();
      expect([requests, talk.paused]).toEqual([[{ n: 1 }, 2, 3, 4, "ok"], false]);
      reply?.end(OK, "done");
      expect(talk.heard()).toEqual([{ ...V, id: 1, result: "done" }]);
    }
  });

  test("A peer that does not read stops the method that writes, which is told when there is room.", () => {
    let drained = 0;
    let reply: Sink | undefined;
    const dispatch: Dispatch = (_head, sink) => {
      reply = sink;
      return { head() {}, message: () => true, end() {}, drain: () => void (drained += 1) };
    };
    const talk = serverTalk("lines", dispatch);
    talk.say({ ...V, id: 1, method: "m" });
    expect(reply?.message(1)).toBe(true);
    talk.full = true;
    expect([reply?.message(2), reply?.message(3)]).toEqual([false, false]);
    talk.full = false;
    talk.session.drained();
    expect(drained).toBe(1);
    reply?.end(failure("aborted", "Enough."));
    expect(reply?.message(4)).toBe(true);
    expect(talk.heard()).toEqual([said(1, 1), said(1, 2), said(1, 3), error(-32010, 1)]);
  });

  test("The last message may come with the end: by itself it is the result, behind others a message.", () => {
    const replies: Sink[] = [];
    const dispatch: Dispatch = (_head, sink) => {
      replies.push(sink);
      return { head() {}, message: () => true, end() {}, drain() {} };
    };
    const talk = serverTalk("lines", dispatch);
    talk.say({ ...V, id: 1, method: "m" }, { ...V, id: 2, method: "m" });
    replies[0]?.end(OK, "only");
    replies[1]?.message("first");
    replies[1]?.end(OK, "last");
    const end = { ...V, id: 2, result: null };
    expect(talk.heard()).toEqual([{ ...V, id: 1, result: "only" }, said(2, "first"), said(2, "last"), end]);
  });
});
