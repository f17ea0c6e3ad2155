import { expect, test } from "vitest";
import { failure } from "../../src/call/status.js";
import { answers, begin, callText, told } from "./served.js";

const ok = (xml: string): string =>
  `<?xml version="1.0"?>\n<methodResponse><params><param><value>${xml}</value></param></params></methodResponse>`;

/** The number and the message of a fault. */
function fault(text: string): [number, string] {
  const found = /<int>(-?\d+)<\/int>.*<string>(.*)<\/string>/su.exec(text);
  return [Number(found?.[1]), found?.[2] ?? ""];
}

async function one(body: string | Uint8Array, options: Parameters<typeof answers>[1] = {}): Promise<string> {
  const [answer] = await answers([body], options);
  expect(answer?.head.status).toBe(200);
  return answer?.text ?? "";
}

const add = callText("add", "<int>2</int>", "<int>3</int>");

test.each([
  [add, "<int>5</int>"],
  [callText("calc.add", "<i4>2</i4>", "<double>0.5</double>"), "<double>2.5</double>"],
  [callText("calc/add", "a", "b"), "<string>ab</string>"],
  [
    callText("demo.Greeter.hello", "<struct><member><name>name</name><value>Ada</value></member></struct>"),
    "<struct><member><name>text</name><value><string>hello Ada</string></value></member></struct>",
  ],
  [
    callText("calc.echo", "<array><data><value/></data></array>"),
    "<array><data><value><string></string></value></data></array>",
  ],
  [callText("calc.echo"), "<nil/>"],
  [callText("demo.Greeter.ticks", "<int>1</int>"), "<int>0</int>"],
  [callText("demo.Greeter.ticks", "<int>0</int>"), "<nil/>"],
])("%s is answered.", async (body, xml) => {
  for (const chunkBytes of [1, 64, 4096]) {
    for (const endApart of [false, true]) expect(await one(body, { chunkBytes, endApart })).toBe(ok(xml));
  }
});

test("An answer is text/xml, in UTF-8.", async () => {
  const [answer] = await answers([callText("calc.echo", "é漢😀")]);
  expect(answer?.head.fields).toEqual([["content-type", "text/xml"]]);
  expect(answer?.text).toBe(ok("<string>é漢😀</string>"));
});

test("The encoding of a request is what its content type says.", async () => {
  const body = Buffer.from(callText("calc.echo", "é"), "latin1");
  for (const fields of [
    [["content-type", "text/xml; charset=iso-8859-1"]],
    [["content-type", 'text/xml;charset="LATIN1"']],
  ] as const)
    // Another content type before this one names no encoding.
    expect(await one(body, { fields })).toBe(ok("<string>é</string>"));
  expect(fault(await one(body))[0]).toBe(-32_702);
});

test.each<[string, string | Uint8Array, number, RegExp]>([
  ["An unknown method", callText("nothing.like.it"), -32_601, /Unknown method .*nothing\.like\.it/u],
  ["Wrong input", callText("demo.Greeter.hello", "<struct/>"), -32_602, /demo\.Greeter\/hello.*name/u],
  ["Two arguments for one input", callText("demo.Greeter.hello", "a", "b"), -32_602, /takes one argument/u],
  ["What an application throws with a number of its own", callText("calc.fail", "<int>17</int>"), 17, /^No\uFFFD\.$/u],
  ["A body that is no XML", "hello", -32_700, /not well-formed/u],
  ["An empty body", "", -32_700, /root element/u],
  ["A body that is no call", "<methodResponse/>", -32_600, /methodResponse/u],
  ["An unknown type", callText("calc.echo", "<date/>"), -32_600, /&lt;date&gt; is unknown/u],
  [
    "A number out of range",
    callText("calc.echo", "<int>9999999999</int>"),
    -32_600,
    /"9999999999" is no value of type/u,
  ],
  ["A document type", `<!DOCTYPE a>${add}`, -32_700, /document type/u],
  [
    "A stream",
    callText("demo.Greeter.ticks", "<int>2</int>"),
    -32_012 + 12 - 601,
    /ticks answers with a stream.*frame/u,
  ],
  ["An answer that cannot be written", callText("calc.map"), -32_603, /result is a Map/u],
  ["A method of several services", callText("echo", "a"), -32_602, /calc\.echo, demo\.Greeter\.echo/u],
])("%s is a fault, with status 200.", async (_what, body, number, message) => {
  for (const chunkBytes of [1, 4096]) {
    const [code, text] = fault(await one(body, { chunkBytes }));
    expect(text).toMatch(message);
    expect(code).toBe(number);
  }
});

test("A body over the limit is a fault, and the next request is answered.", async () => {
  const long = callText("calc.echo", "a".repeat(300));
  const limits = { maxMessageBytes: 300, maxHeaderBytes: 1, maxDepth: 100, maxConcurrentCalls: 1, requestTimeoutMs: 1 };
  const said = await answers([long, add, long, add], { server: { limits }, chunkBytes: 100 });
  expect(said.map(({ text }) => (text === ok("<int>5</int>") ? "5" : fault(text)[0]))).toEqual([
    -32_008,
    "5",
    -32_008,
    "5",
  ]);
});

test("Header fields reach the method but those of the framing; its own and its trailers come back as header fields.", async () => {
  const [answer] = await answers([callText("calc.headers")], {
    fields: [
      ["x-one", "1"],
      ["x-one", "2"],
      ["content-length", "300"],
      ["connection", "close"],
      ["callwire-timeout-ms", "60000"],
    ],
  });
  expect(answer?.text.match(/(?<=<string>).*?(?=<)/gu)).toEqual(["host: a", "x-one: 1, 2"]);
  expect(answer?.head.fields).toEqual([
    ["content-type", "text/xml"],
    ["x-head", "1"],
    ["trailer-x-tail", "2"],
  ]);
});

test("The trailers of an error come back as header fields.", async () => {
  const [answer] = await answers([callText("calc.fail", "<int>17</int>")]);
  expect(answer?.head).toEqual({
    status: 200,
    fields: [
      ["content-type", "text/xml"],
      ["trailer-x-why", "because"],
    ],
  });
});

test("A deadline reaches the method, and what is none is a fault.", async () => {
  const asked = async (timeout: string): Promise<string> =>
    await one(callText("calc.timeLeft"), { fields: [["callwire-timeout-ms", timeout]] });
  expect(await one(callText("calc.timeLeft"))).toBe(ok("<nil/>"));
  expect(await asked("60000.5")).toMatch(/<(int|double)>(60000|59\d\d\d)/u);
  expect(fault(await asked("0"))[0]).toBe(-32_004);
  for (const wrong of ["", "-1", "soon", "1e3", "9".repeat(20)]) {
    const [number, message] = fault(await asked(wrong));
    expect(number).toBe(-32_602);
    expect(message).toContain("callwire-timeout-ms");
  }
});

test("Without the extensions, null and long integers are faults.", async () => {
  const server = { xmlrpc: { allowNil: false, allowI8: false } };
  expect(fault(await one(callText("calc.echo"), { server }))[1]).toMatch(/result is null/u);
  expect(fault(await one(callText("calc.echo", "<i8>5000000000</i8>"), { server }))[1]).toMatch(
    /result is 5000000000/u,
  );
});

test("Requests with the same header fields share a head for each method.", async () => {
  const heads = new Set<unknown>();
  const calls = Array.from({ length: 5 }, () => add);
  await answers([...calls, callText("calc.echo")], {
    dispatch: (head, reply) => {
      heads.add(head);
      return { head() {}, message: () => true, end: () => reply.end(failure("aborted", "No.")), drain() {} };
    },
  });
  expect([...heads].map((head) => (head as { path: string }).path)).toEqual(["add", "calc.echo"]); // heads, as dispatched
});

test("A request that is given up cancels its call, and nothing is answered.", async () => {
  const said: string[] = [];
  told.length = 0;
  const heard = begin(callText("calc.hang"), (text) => said.push(text));
  expect(told).toEqual(["hangs"]);
  heard.reset(failure("canceled", "The caller left."));
  await new Promise(setImmediate);
  expect(told).toEqual(["hangs", "stopped"]);
  const half = begin("<methodCall><methodName>calc.add</meth", () => said.push("answered"));
  half.reset(failure("canceled", "The caller left."));
  half.data(Buffer.from("odName></methodCall>"), { start: 0, end: 20 }, true);
  expect(said.filter((text) => text === "answered")).toHaveLength(1);
});
