import { expect, test } from "vitest";
import { z } from "zod";
import { introspection } from "../../src/call/introspection.js";
import { makeRoutes } from "../../src/call/routes.js";
import { serve } from "../../src/call/serve.js";
import { value } from "../../src/codecs/value.js";
import { implement } from "../../src/contract/implement.js";
import { unary } from "../../src/contract/method.js";
import { service } from "../../src/contract/service.js";
import { httpPair, httpServe, posted } from "./loopback.js";
import { Bench } from "./service.js";
import { FRAMINGS, serverTalk } from "./talk.js";

const DISCOVER = { jsonrpc: "2.0", id: 1, method: "rpc.discover" };

/** The document that an answer holds, its methods by name. */
function methodsIn(answer: unknown): Record<string, unknown> {
  const { result } = answer as { result: { openrpc: string; info: object; methods: { name: string }[] } };
  expect(result).toMatchObject({ openrpc: "1.3.2", info: { title: expect.any(String), version: expect.any(String) } });
  return Object.fromEntries(result.methods.map((method) => [method.name, method]));
}

test("Methods are listed with what is known of them, on every carrier.", async () => {
  const { dispatch } = new Bench();
  const answers: unknown[] = [];
  for (const framing of FRAMINGS) {
    const talk = serverTalk(framing, dispatch);
    talk.say(DISCOVER);
    answers.push(...talk.heard());
  }
  answers.push(JSON.parse((await posted(httpPair(httpServe(dispatch)), JSON.stringify(DISCOVER))).text));
  for (const answer of answers) {
    const methods = methodsIn(answer);
    expect(Object.keys(methods).filter((name) => name.startsWith("callwire."))).toEqual([]);
    expect(methods["examples.subtract"]).toEqual({
      name: "examples.subtract",
      description: "Takes one number from another.",
      params: [
        { name: "minuend", schema: {} },
        { name: "subtrahend", schema: {} },
      ],
      paramStructure: "either",
      result: { name: "result", schema: {} },
    });
    expect(methods["tools.add"]).toEqual({
      name: "tools.add",
      params: [],
      paramStructure: "by-position",
      "x-positional": true,
      result: { name: "result", schema: {} },
    });
    expect(methods["demo.Greeter.hello"]).toMatchObject({
      params: [{ name: "name", required: true, schema: { type: "string" } }],
      paramStructure: "by-name",
      result: { name: "result", schema: { type: "object", properties: { text: { type: "string" } } } },
    });
    expect(methods["demo.Greeter.ticks"]).toMatchObject({ "x-shape": "serverStream" });
    expect(methods["demo.Greeter.total"]).toMatchObject({
      "x-shape": "clientStream",
      params: [{ name: "input", required: true, schema: { type: "number" } }],
      paramStructure: "by-position",
    });
  }
});

test("Required parameters come first, and a schema that refers to itself stays whole, with an id of its own.", () => {
  const node: z.ZodType = z.lazy(() => z.object({ next: z.array(node) }));
  const Shapes = service("s.Shapes", {
    some: unary({ input: z.object({ maybe: z.string().optional(), sure: z.number() }) }),
    tree: unary({ input: z.object({ node }), output: z.array(node) }),
    nothing: unary(),
  });
  const shapes = implement(Shapes, { some: () => 1, tree: () => [], nothing: () => 1 });
  const talk = serverTalk("lines", serve(makeRoutes([shapes, introspection([shapes])], { codecs: [value] })));
  talk.say(DISCOVER);
  const methods = methodsIn(talk.heard()[0]);
  expect(methods["s.Shapes.some"]).toMatchObject({
    params: [
      { name: "sure", required: true },
      { name: "maybe", required: false },
    ],
  });
  expect(methods["s.Shapes.tree"]).toMatchObject({
    params: [{ name: "input", schema: { $id: "s.Shapes.tree.input", type: "object" } }],
    paramStructure: "by-position",
    result: { schema: { $id: "s.Shapes.tree.result" } },
  });
  expect(methods["s.Shapes.nothing"]).toMatchObject({ params: [] });
});

test("A server without introspection says so, and a notification is not answered.", () => {
  const talk = serverTalk("lines", serve(makeRoutes([], { codecs: [value] })));
  talk.say(DISCOVER, { jsonrpc: "2.0", method: "rpc.discover" });
  expect(talk.heard()).toMatchObject([{ id: 1, error: { code: -32601 } }]);
  expect(talk.session.open).toBe(0);
});
