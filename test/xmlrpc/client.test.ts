import { describe, expect, test } from "vitest";
import { failure, OK, type Status } from "../../src/call/status.js";
import type { CallHead } from "../../src/call/sink.js";
import type { HttpAnswer, HttpAsk, HttpRequest } from "../../src/wires/http.js";
import type { SessionOptions } from "../../src/wires/wire.js";
import { xmlRpcClient } from "../../src/wires/xmlrpc/client.js";
import { Recorder } from "../wirekit/world.js";
import { optionsOf, tell } from "./loopback.js";

const http = { authority: "example.com", path: "", fields: [] };

const head = (parts: Partial<CallHead> = {}): CallHead => ({
  path: "demo.Greeter/hello",
  codec: "value",
  timeoutMs: undefined,
  fields: [],
  peer: { address: "memory://" },
  positional: false,
  shape: "unary",
  ...parts,
});

/** A server that answers every request with the same bytes, and remembers what it was asked. */
class Canned {
  readonly asked: { readonly request: HttpRequest; readonly body: string }[] = [];
  readonly resets: Status[] = [];
  readonly #answer: Partial<HttpAnswer> & { readonly body?: string | Uint8Array };

  constructor(answer: Partial<HttpAnswer> & { readonly body?: string | Uint8Array } = {}) {
    this.#answer = answer;
  }

  readonly ask: HttpAsk = (request, heard, body) => {
    this.asked.push({ request, body: String(body) });
    const { status = 200, fields = [["content-type", "text/xml"]], body: text } = this.#answer;
    if (text !== undefined) {
      heard.answer({ status, fields });
      tell(heard, text, { chunkBytes: 50 });
    }
    return {
      respond() {},
      head() {},
      data: () => true,
      resume() {},
      reset: (why) => this.resets.push(why),
      upgrade: () => false,
    };
  };
}

function call(
  server: Canned,
  parts: Partial<CallHead> = {},
  body?: unknown,
  options: Partial<SessionOptions> = {},
): Recorder {
  const reply = new Recorder();
  xmlRpcClient(server.ask, optionsOf({ http, ...options }))(head(parts), reply).end(OK, body);
  return reply;
}

const ok = (value: string): string => `<methodResponse><params><param>${value}</param></params></methodResponse>`;

describe("A request", () => {
  test.each<[Partial<CallHead>, unknown, string]>([
    [
      {},
      { name: "a" },
      "<param><value><struct><member><name>name</name><value><string>a</string></value></member></struct></value></param>",
    ],
    [{}, [1], "<param><value><array><data><value><int>1</int></value></data></array></value></param>"],
    [{}, undefined, ""],
    [{}, null, "<param><value><nil/></value></param>"],
    [
      { positional: true },
      [1, "b"],
      "<param><value><int>1</int></value></param><param><value><string>b</string></value></param>",
    ],
    [{ positional: true }, [], ""],
    [{ positional: true }, undefined, ""],
  ])("of %j with %j holds its arguments.", (parts, body, params) => {
    const server = new Canned();
    call(server, parts, body);
    expect(server.asked[0]?.body).toBe(
      `<?xml version="1.0"?>\n<methodCall><methodName>demo.Greeter.hello</methodName><params>${params}</params></methodCall>`,
    );
  });

  test("goes to /RPC2 by POST, and is the same object each time where nothing is its own.", () => {
    const server = new Canned();
    const dispatch = xmlRpcClient(server.ask, optionsOf({ http }));
    for (const path of ["a", "b"]) dispatch(head({ path }), new Recorder()).end(OK);
    expect(server.asked[0]?.request).toBe(server.asked[1]?.request);
    expect(server.asked[0]?.request).toEqual({
      method: "POST",
      path: "/RPC2",
      query: "",
      fields: [
        ["content-type", "text/xml"],
        ["user-agent", "callwire"],
      ],
    });
  });

  test("goes where the user said, with the user's fields and the call's, but for those of the framing.", () => {
    const server = new Canned();
    const target = { ...http, path: "/xmlrpc/a?b=c?d", fields: [["authorization", "Basic YTpi"]] as const };
    const fields = [
      ["x-one", "1"],
      ["host", "evil"],
      ["content-length", "3"],
      ["user-agent", "mine"],
      ["callwire-timeout-ms", "9"],
    ] as const;
    call(server, { fields, timeoutMs: 1500.2 }, undefined, { http: target });
    expect(server.asked[0]?.request).toEqual({
      method: "POST",
      path: "/xmlrpc/a",
      query: "b=c?d",
      fields: [
        ["content-type", "text/xml"],
        ["authorization", "Basic YTpi"],
        ["x-one", "1"],
        ["user-agent", "mine"],
        ["callwire-timeout-ms", "1501"],
      ],
    });
  });

  test.each([
    [() => 1, /demo\.Greeter\/hello.*params\[0\] is a function/u],
    [{ a: "\u0000" }, /params\[0\]\.a has the character U\+0000/u],
  ])("that cannot be written is an invalid argument, and nothing is asked.", async (body, message) => {
    const server = new Canned();
    const reply = call(server, {}, body);
    expect(await reply.over).toMatchObject({ code: "invalid_argument", message: expect.stringMatching(message) });
    expect(server.asked).toEqual([]);
  });

  test("of a stream is unimplemented, and nothing is asked.", async () => {
    const server = new Canned();
    for (const shape of ["serverStream", "clientStream", "bidi"] as const)
      expect(await call(server, { shape }, 1).over).toMatchObject({
        code: "unimplemented",
        message: expect.stringMatching(/hello is a stream.*frame/u),
      });
    const reply = new Recorder();
    const request = xmlRpcClient(server.ask, optionsOf())(head({ shape: undefined }), reply);
    request.message(1);
    request.message(2);
    request.end(OK);
    expect(await reply.over).toMatchObject({ code: "unimplemented" });
    expect(server.asked).toEqual([]);
  });
});

describe("An answer", () => {
  test.each<[string, string, unknown]>([
    ["of a value", ok("<value><int>5</int></value>"), 5],
    ["without a value", "<methodResponse><params/></methodResponse>", null],
    ["without parameters", "<methodResponse></methodResponse>", null],
    ["behind white space", `\r\n\n<?xml version="1.0"?>${ok("<value>a</value>")}`, "a"],
  ])("%s is read.", async (_what, body, value) => {
    const reply = call(new Canned({ body }));
    expect(await reply.over).toBe(OK);
    expect(reply.messages).toEqual([value]);
    expect(reply.fields).toBeUndefined();
  });

  test("of another content type is read too, in the encoding that it names.", async () => {
    const body = Buffer.from(ok("<value>é</value>"), "latin1");
    const reply = call(new Canned({ body, fields: [["content-type", "text/html; charset=ISO-8859-1"]] }));
    await reply.over;
    expect(reply.messages).toEqual(["é"]);
  });

  test("has header fields and trailers, but not those of the framing.", async () => {
    const fields = [
      ["Content-Type".toLowerCase(), "text/xml"],
      ["date", "now"],
      ["server", "x"],
      ["x-head", "1"],
      ["trailer-x-tail", "2"],
      ["connection", "close"],
    ] as const;
    const reply = call(new Canned({ body: ok("<value/>"), fields }));
    expect((await reply.over).trailers).toEqual([["x-tail", "2"]]);
    expect(reply.fields).toEqual([["x-head", "1"]]);
    expect(reply.disorder).toEqual([]);
  });

  const fault = (value: string): string => `<methodResponse><fault><value>${value}</value></fault></methodResponse>`;
  const struct = (code: string, text: string): string =>
    fault(
      `<struct><member><name>faultCode</name><value>${code}</value></member><member><name>faultString</name><value>${text}</value></member></struct>`,
    );

  test.each<[string, Status]>([
    [struct("<int>-32601</int>", "No."), failure("unimplemented", "No.")],
    [struct("<int>-32005</int>", "No."), failure("not_found", "No.")],
    [struct("<int>4</int>", "Too many."), failure("unknown", "Too many.", [{ faultCode: 4 }])],
    [struct("<string>4</string>", "Too many."), failure("unknown", "Too many.", [{ faultCode: 4 }])],
    [struct("<string>E4</string>", "No."), failure("unknown", '{"faultCode":"E4","faultString":"No."}')],
    [fault("No."), failure("unknown", "No.")],
    [fault("<i8>9223372036854775807</i8>"), failure("unknown", '"9223372036854775807"')],
    [fault("<struct/>"), failure("unknown", "{}")],
  ])("of the fault %s is an error.", async (body, status) => {
    expect(await call(new Canned({ body })).over).toEqual(status);
  });

  test("of a fault keeps its header fields.", async () => {
    const reply = call(
      new Canned({
        body: struct("<int>4</int>", "No."),
        fields: [
          ["x-head", "1"],
          ["trailer-x-why", "2"],
        ],
      }),
    );
    expect((await reply.over).trailers).toEqual([["x-why", "2"]]);
    expect(reply.fields).toEqual([["x-head", "1"]]);
  });

  test.each([
    [401, "unauthenticated"],
    [403, "permission_denied"],
    [404, "unimplemented"],
    [405, "unimplemented"],
    [408, "deadline_exceeded"],
    [413, "resource_exhausted"],
    [418, "invalid_argument"],
    [429, "unavailable"],
    [500, "internal"],
    [502, "unavailable"],
    [503, "unavailable"],
    [504, "unavailable"],
    [302, "unimplemented"],
    [204, "unknown"],
  ])("with status %i is %s, and says how its text begins.", async (status, code) => {
    const answer = {
      status,
      fields: [["content-type", "text/plain"]],
      body: `Not\n here. ${"é".repeat(1000)}`,
    } as const;
    const said = await call(new Canned(answer)).over;
    expect(said.code).toBe(code);
    expect(said.message).toMatch(new RegExp(`^example\\.com/RPC2 answered ${status}, .*: Not here\\. éé`, "u"));
    expect(said.message.length).toBeLessThan(500);
    const bytes = await call(new Canned({ ...answer, fields: [["content-type", "image/png"]] })).over;
    expect(bytes.message).toMatch(/answers 200\.$/u);
  });

  test.each<[string, string, string, RegExp]>([
    ["a page", "<!doctype html><html>", "internal", /\/RPC2 \(text\/xml\) cannot be read: /u],
    ["a document type", `<!DOCTYPE a>${ok("<value/>")}`, "internal", /document type/u],
    ["a call", "<methodCall/>", "internal", /<methodCall> is unknown/u],
    ["nothing", "", "internal", /root element/u],
    ["half of it", ok("<value/>").slice(0, 40), "internal", /unclosed tag/u],
    ["too much", ok(`<value>${"a".repeat(500)}</value>`), "resource_exhausted", /may have 500 bytes/u],
  ])("that is %s is an error.", async (_what, body, code, message) => {
    const limits = { ...optionsOf().limits, maxMessageBytes: 500 };
    const reply = call(new Canned({ body }), {}, undefined, { limits });
    expect(await reply.over).toMatchObject({ code, message: expect.stringMatching(message) });
    expect(reply.disorder).toEqual([]);
  });

  test("that cannot be read is not waited for.", async () => {
    const server = new Canned({ body: `<wrong>${" ".repeat(1000)}` });
    await call(server).over;
    expect(server.resets).toHaveLength(1);
  });
});

test("A call that is given up resets its exchange, once, and hears nothing more.", () => {
  const server = new Canned();
  const reply = new Recorder();
  const request = xmlRpcClient(server.ask, optionsOf())(head(), reply);
  request.end(OK);
  request.end(failure("canceled", "Enough."));
  request.end(failure("canceled", "Enough."));
  expect(server.resets).toEqual([failure("canceled", "Enough.")]);
  expect(reply.status).toBeUndefined();
  const before = xmlRpcClient(server.ask, optionsOf())(head(), reply);
  before.end(failure("canceled", "Enough."));
  before.end(OK);
  expect(server.asked).toHaveLength(1);
});

test("A lost connection ends the call with its reason.", async () => {
  const reply = new Recorder();
  const lose: HttpAsk = (_request, heard) => {
    heard.reset(failure("unavailable", "Lost."));
    heard.reset(failure("unavailable", "Lost again."));
    return new Canned().ask({ method: "", path: "", query: "", fields: [] }, heard);
  };
  xmlRpcClient(lose, optionsOf())(head(), reply).end(OK);
  expect(await reply.over).toEqual(failure("unavailable", "Lost."));
  expect(reply.disorder).toEqual([]);
});
