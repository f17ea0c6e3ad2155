import { describe, expect, test } from "vitest";
import { NO_FIELDS } from "../../src/call/fields.js";
import type { CallHead, Dispatch, Sink } from "../../src/call/sink.js";
import { failure, OK, type Status } from "../../src/call/status.js";
import type { HttpAsk, HttpIn, HttpRequest } from "../../src/wires/http.js";
import { jsonrpc } from "../../src/wires/jsonrpc/wire.js";
import { httpDispatch, httpPair, httpServe, post, posted } from "./loopback.js";
import { Bench } from "./service.js";
import { settled } from "./talk.js";

const V = { jsonrpc: "2.0" } as const;

function requestOf(value: object): string {
  return JSON.stringify({ ...V, ...value });
}

describe("A server over HTTP", () => {
  test("It takes what is posted to / and /jsonrpc as JSON, under all of its names.", () => {
    expect(jsonrpc.http.routes).toEqual([
      {
        method: "POST",
        paths: ["/", "/jsonrpc"],
        types: ["application/json", "application/json-rpc", "application/jsonrequest"],
      },
    ]);
  });

  test("Answers, errors too, are 200 and JSON, whatever chunks the body comes in.", async () => {
    const { dispatch } = new Bench();
    for (const chunkBytes of [1, 2, 7, 1000]) {
      const ask = httpPair(httpServe(dispatch), chunkBytes);
      for (const [body, text] of [
        [requestOf({ id: "é", method: "add", params: [1, 2] }), '{"jsonrpc":"2.0","id":"é","result":3}'],
        [`[${requestOf({ id: 1, method: "add", params: [1, 2] })}]\n`, '[{"jsonrpc":"2.0","id":1,"result":3}]'],
      ] as const)
        expect(await posted(ask, body)).toEqual({ status: 200, fields: { "content-type": "application/json" }, text });
      for (const [body, code] of [
        ["", -32700],
        ["{", -32700],
        [Uint8Array.of(0x22, 0xff, 0x22), -32700],
        ["5", -32600],
        [`${requestOf({ id: 1, method: "add" })}{}`, -32700],
        [requestOf({ id: 1, method: "nope" }), -32601],
      ] as const) {
        const heard = await posted(ask, body);
        expect([heard.status, JSON.parse(heard.text)]).toMatchObject([200, { error: { code } }]);
      }
    }
  });

  test("Notifications are answered by 204 when they are over, or by an empty 200 for those who ask for it.", async () => {
    const bench = new Bench();
    const ask = httpPair(httpServe(bench.dispatch));
    const note = requestOf({ method: "note", params: ["a"] });
    const stray = requestOf({ method: "rpc.cancel", params: { id: 1 } });
    for (const body of [note, `[${note},${note}]`, stray, `[${stray}]`, requestOf({ method: "nope" })]) {
      expect(await posted(ask, body)).toEqual({ status: 204, fields: {}, text: "" });
      const asking = post({ query: "a=b&notify=200" });
      expect(await posted(ask, body, asking)).toEqual({ status: 200, fields: {}, text: "" });
    }
    expect(bench.heard).toHaveLength(6);
  });

  test("Fields of the request reach the method, and its own come as fields: trailers with a prefix, those of the framing not.", async () => {
    const ask = httpPair(httpServe(new Bench().dispatch));
    const request = post({
      fields: [
        ["content-type", "application/json"],
        ["x-a", "1"],
        ["callwire-timeout-ms", "60000"],
      ],
    });
    const heard = await posted(ask, requestOf({ id: 1, method: "fields", headers: { "x-b": "2" } }), request);
    expect(JSON.parse(heard.text)).toMatchObject({ result: { "x-a": "1", "x-b": "2" } });
    expect(JSON.parse(heard.text)).not.toHaveProperty("headers");
    expect(heard.fields).toEqual({ "content-type": "application/json", "x-head": "1", "trailer-x-trail": "2" });
    const left = await posted(ask, requestOf({ id: 1, method: "left" }), request);
    expect((JSON.parse(left.text) as { result: number }).result).toBeGreaterThan(50_000);
    const batch = await posted(ask, `[${requestOf({ id: 1, method: "fields" })}]`, request);
    expect(JSON.parse(batch.text)).toMatchObject([{ headers: { "x-head": "1" }, trailers: { "x-trail": "2" } }]);
    expect(batch.fields).toEqual({ "content-type": "application/json" });
    for (const wrong of ["5s", "-1", ""]) {
      const odd = post({ fields: [["callwire-timeout-ms", wrong]] });
      expect(JSON.parse((await posted(ask, requestOf({ id: 1, method: "left" }), odd)).text)).toMatchObject({
        result: null,
      });
    }
  });

  test("A body over the limit, or too deep, is answered with its id where that comes first.", async () => {
    const { dispatch } = new Bench();
    for (const chunkBytes of [7, 10_000]) {
      const ask = httpPair(httpServe(dispatch, { maxMessageBytes: 300, maxDepth: 4 }), chunkBytes);
      const long = await posted(ask, requestOf({ id: 7, method: "args", params: ["x".repeat(400)] }));
      expect(JSON.parse(long.text)).toMatchObject({ id: 7, error: { code: -32008 } });
      const deep = await posted(ask, requestOf({ id: 7, method: "args", params: [[[[1]]]] }));
      expect(JSON.parse(deep.text)).toMatchObject({ id: 7, error: { code: -32600 } });
    }
  });

  test("Streams are unimplemented, with a message that says which way can.", async () => {
    const ask = httpPair(httpServe(new Bench().dispatch));
    const ticks = { id: 1, method: "ticks", params: { count: 3 } };
    for (const body of [
      requestOf(ticks),
      `[${requestOf(ticks)}]`,
      requestOf({ id: 1, method: "total", params: [1], more: true }),
    ]) {
      const [answer] = [JSON.parse((await posted(ask, body)).text) as unknown].flat();
      expect(answer).toMatchObject({ id: 1, error: { code: -32601, message: expect.stringContaining("jsonrpc+ws") } });
    }
  });

  test("An exchange that is reset cancels its calls, and says nothing more.", async () => {
    for (const batch of [false, true]) {
      const bench = new Bench();
      const wait = requestOf({ id: 1, method: "wait", params: ["a"] });
      const ask = httpPair(httpServe(bench.dispatch));
      const heard: HttpIn = {
        answer: () => expect.unreachable(),
        data: () => expect.unreachable(),
        room() {},
        reset: () => expect.unreachable(),
      };
      const out = ask(post(), heard, batch ? `[${wait},${wait}]` : wait);
      out.reset(failure("canceled", "Gone."));
      bench.open();
      await settled();
      expect(bench.heard.filter((each) => each === "a canceled")).toHaveLength(batch ? 2 : 1);
    }
  });

  test("A batch runs 64 requests at once.", async () => {
    const bench = new Bench();
    const batch = Array.from({ length: 130 }, (_, id) => ({ ...V, id, method: "wait", params: [id] }));
    const answer = posted(httpPair(httpServe(bench.dispatch)), JSON.stringify(batch));
    for (let n = 0; n < 130; n += 1) {
      bench.open();
      await settled();
    }
    expect(JSON.parse((await answer).text)).toEqual(batch.map(({ id }) => ({ ...V, id, result: id })));
    expect(bench.most).toBe(64);
  });

  test("What is worked out about a request's fields is kept with them.", async () => {
    const heads: CallHead[] = [];
    const dispatch: Dispatch = (head, reply) => {
      heads.push(head);
      reply.end(OK, 1);
      return { head() {}, message: () => true, end() {}, drain() {} };
    };
    const ask = httpPair(httpServe(dispatch));
    const [one, other] = [post(), post({ fields: [["x", "y"]] })];
    for (const request of [one, one, other]) await posted(ask, requestOf({ id: 1, method: "m", params: [] }), request);
    expect([heads[0] === heads[1], heads[0] === heads[2]]).toEqual([true, false]);
  });
});

/** What a client asked for, and the way to answer it. */
interface Asked {
  readonly request: HttpRequest;
  readonly body: string;
  readonly heard: HttpIn;
  resets: number;
}

/** A client whose requests wait for a test to answer them. */
function clientOf(parts: { path?: string; maxMessageBytes?: number } = {}): { dispatch: Dispatch; asked: Asked[] } {
  const asked: Asked[] = [];
  const ask: HttpAsk = (request, heard, body = "") => {
    const one: Asked = {
      request,
      heard,
      body: typeof body === "string" ? body : Buffer.from(body).toString(),
      resets: 0,
    };
    asked.push(one);
    const none = (): boolean => false;
    return { respond() {}, head() {}, data: none, resume() {}, upgrade: none, reset: () => void (one.resets += 1) };
  };
  const http = { authority: "a:1", path: parts.path ?? "", fields: [["authorization", "Basic eA=="]] as const };
  const limits = {
    maxMessageBytes: 1000,
    maxHeaderBytes: 100,
    maxDepth: 10,
    maxConcurrentCalls: 10,
    requestTimeoutMs: 1000,
  };
  const { maxMessageBytes = 1000 } = parts;
  return { dispatch: httpDispatch(ask, { http, limits: { ...limits, maxMessageBytes } }), asked };
}

function headOf(parts: Partial<CallHead> = {}): CallHead {
  const head = { path: "a.B/c", codec: "value" as const, timeoutMs: undefined, fields: NO_FIELDS, positional: true };
  return { ...head, peer: { address: "memory://" }, shape: "unary", ...parts };
}

/** Makes a call; what it has heard so far is in the array. */
function call(dispatch: Dispatch, input: unknown, head: CallHead = headOf()): { request: Sink; heard: unknown[] } {
  const heard: unknown[] = [];
  const request = dispatch(head, {
    head: (fields) => void heard.push({ head: fields }),
    message: (body) => heard.push(body) > 0,
    end: (status: Status, last) => {
      if (last !== undefined) heard.push(last);
      heard.push(status.code);
    },
    drain() {},
  });
  request.end(OK, input);
  return { request, heard };
}

/** Answers a request. */
function answer(
  { heard }: Asked,
  status: number,
  parts: { text?: string; fields?: readonly (readonly [string, string])[] } = {},
): void {
  const { text = "", fields = [] } = parts;
  const bytes = Buffer.from(text);
  heard.answer({ status, fields });
  const half = bytes.length >> 1;
  heard.data(bytes, { start: 0, end: half }, false);
  heard.data(bytes, { start: half, end: bytes.length }, true);
}

describe("A client over HTTP", () => {
  test("A call is a POST of one request.", () => {
    const { dispatch, asked } = clientOf({ path: "/rpc?a=b?c" });
    call(
      dispatch,
      [1, 2],
      headOf({
        timeoutMs: 50.5,
        fields: [
          ["x-a", "1"],
          ["content-length", "7"],
        ],
      }),
    );
    call(dispatch, undefined);
    expect(asked.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
      { ...V, id: 1, method: "a.B.c", params: [1, 2] },
      { ...V, id: 1, method: "a.B.c" },
    ]);
    expect(asked[0]?.request).toMatchObject({ method: "POST", path: "/rpc", query: "a=b?c" });
    expect(asked[0]?.request.fields).toEqual([
      ["content-type", "application/json"],
      ["accept", "application/json"],
      ["authorization", "Basic eA=="],
      ["x-a", "1"],
      ["callwire-timeout-ms", "51"],
    ]);
  });

  test("Without a path of its own it asks for /, and calls of one head share their request.", () => {
    const { dispatch, asked } = clientOf();
    const head = headOf();
    call(dispatch, [], head);
    call(dispatch, [], head);
    expect(asked[0]?.request).toMatchObject({ path: "/", query: "" });
    expect(asked[0]?.request).toBe(asked[1]?.request);
  });

  test("An answer is its result, with fields as headers and those with the prefix as trailers.", () => {
    const { dispatch, asked } = clientOf();
    const { heard } = call(dispatch, []);
    const fields = [
      ["x-a", "1"],
      ["trailer-x-b", "2"],
    ] as const;
    answer(asked[0]!, 200, { text: '{"jsonrpc":"2.0","id":1,"result":{"é":null}}', fields });
    expect(heard).toEqual([{ head: [["x-a", "1"]] }, { é: null }, "ok"]);
  });

  test("What else may come is an error that says what it was.", () => {
    const error = '{"jsonrpc":"2.0","id":null,"error":{"code":-32005,"message":"m"}}';
    const table: readonly [status: number, text: string, code: string][] = [
      [200, error, "not_found"],
      [500, error, "not_found"],
      [200, "", "internal"],
      [204, "", "internal"],
      [200, "<html>", "internal"],
      [200, "{}", "internal"],
      [200, "[]", "internal"],
      [200, '{"result":1', "internal"],
      [500, '{"result":1}', "internal"],
      [301, "", "internal"],
      [400, "<html>", "internal"],
      [401, "", "unauthenticated"],
      [403, "", "permission_denied"],
      [404, "Nothing is here.", "unimplemented"],
      [413, "", "resource_exhausted"],
      [429, "", "unavailable"],
      [502, "", "unavailable"],
      [503, "", "unavailable"],
      [504, "", "unavailable"],
    ];
    for (const [status, text, code] of table) {
      const { dispatch, asked } = clientOf();
      const { heard } = call(dispatch, []);
      answer(asked[0]!, status, { text });
      expect(heard, `${status} ${text}`).toEqual([code]);
    }
  });

  test("An answer over the limit is not read to its end.", () => {
    const { dispatch, asked } = clientOf({ maxMessageBytes: 20 });
    const { heard } = call(dispatch, []);
    const one = asked[0]!;
    one.heard.answer({ status: 200, fields: [] });
    one.heard.data(Buffer.alloc(21), { start: 0, end: 21 }, false);
    expect([heard, one.resets]).toEqual([["resource_exhausted"], 1]);
  });

  test("Giving up resets the exchange, and what comes then is for nobody.", () => {
    const { dispatch, asked } = clientOf();
    const { request, heard } = call(dispatch, []);
    request.end(failure("canceled", "Enough."));
    answer(asked[0]!, 200, { text: '{"result":1}' });
    expect([heard, asked[0]?.resets]).toEqual([[], 1]);
    const lost = call(dispatch, []);
    asked[1]?.heard.reset(failure("unavailable", "Lost."));
    asked[1]?.heard.reset(failure("unavailable", "Lost."));
    expect(lost.heard).toEqual(["unavailable"]);
  });

  test("An input that is no JSON, or a second one, is an invalid argument, and nothing is asked.", () => {
    const { dispatch, asked } = clientOf();
    expect(call(dispatch, [1n]).heard).toEqual(["invalid_argument"]);
    const second: unknown[] = [];
    const request = dispatch(headOf(), {
      head() {},
      message: () => true,
      end: (status) => void second.push(status.code),
      drain() {},
    });
    request.message([1]);
    request.message([2]);
    request.end(OK);
    expect([second, asked]).toEqual([["invalid_argument"], []]);
  });

  test("Streams are refused before anything is sent.", () => {
    const { dispatch, asked } = clientOf();
    for (const shape of ["serverStream", "clientStream", "bidi"] as const)
      expect(call(dispatch, [], headOf({ shape })).heard).toEqual(["unimplemented"]);
    expect(asked).toEqual([]);
  });
});
