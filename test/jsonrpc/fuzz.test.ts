import { describe, expect, test } from "vitest";
import { NO_FIELDS } from "../../src/call/fields.js";
import { makeRoutes } from "../../src/call/routes.js";
import { serve } from "../../src/call/serve.js";
import type { CallHead, Sink } from "../../src/call/sink.js";
import { failure, OK } from "../../src/call/status.js";
import { value } from "../../src/codecs/value.js";
import { httpPair, httpServe, posted } from "./loopback.js";
import { mutated, random, SEED } from "./mutations.js";
import { Bench } from "./service.js";
import { clientTalk, FRAMINGS, type FramingName, packed, serverTalk, settled } from "./talk.js";

const INPUTS = Number(process.env["FUZZ_INPUTS"] ?? 500);
const LIMITS = { maxMessageBytes: 700, maxHeaderBytes: 128, maxDepth: 8, maxConcurrentCalls: 4 };
const V = { jsonrpc: "2.0" } as const;

/** What callers say: each conversation is what one connection carries. */
const CONVERSATIONS: readonly (readonly unknown[])[] = [
  [{ ...V, id: 1, method: "add", params: [1, 2] }],
  [
    [
      { ...V, id: 1, method: "add", params: [1, 2] },
      { ...V, id: "é", method: "later", params: ["漢"] },
      { ...V, method: "note" },
    ],
  ],
  [
    { ...V, id: 1, method: "total", params: [1], more: true },
    { ...V, method: "rpc.message", params: { id: 1, value: 2 } },
    { ...V, method: "rpc.end", params: { id: 1 } },
  ],
  [
    { ...V, id: 2, method: "chat", more: true, headers: { a: ["b", "c"] }, timeout_ms: 1000 },
    { ...V, method: "rpc.message", params: { id: 2, value: { a: [1] } } },
    { ...V, method: "$/cancelRequest", params: { id: 2 } },
  ],
  [
    { ...V, id: 3, method: "ticks", params: { count: 30 } },
    { ...V, method: "rpc.cancel", params: { id: 3 } },
  ],
  [
    { ...V, id: 4, method: "wait", params: ["x"] },
    { ...V, id: 4, method: "hello", params: { name: "Ada" } },
    [1, {}, []],
  ],
  [{ ...V, id: 5, method: "args", params: [[[[["deep"]]]]] }, { ...V, id: 6, method: "fields" }, "text", null],
  [{ ...V, id: 7, method: "args", params: ["x".repeat(800)] }],
];

function seedsOf(conversations: readonly (readonly unknown[])[], framing: FramingName): Buffer[] {
  return conversations.map((messages) => Buffer.concat(messages.map((each) => packed(JSON.stringify(each), framing))));
}

describe(`In ${INPUTS} mutations of each kind (FUZZ_SEED=${SEED})`, () => {
  test.each(FRAMINGS)(
    "whatever comes as %s, a server does not throw, what it says is JSON-RPC, and no call is left.",
    async (framing) => {
      const pick = random(SEED);
      const seeds = seedsOf(CONVERSATIONS, framing);
      const reported: unknown[] = [];
      const bench = new Bench();
      const dispatch = serve(makeRoutes(bench.services, { codecs: [value] }), {
        maxTimeoutMs: 200,
        report: (error) => reported.push(error),
      });
      for (let input = 0; input < INPUTS; input += 1) {
        const talk = serverTalk(framing, dispatch, LIMITS);
        const bytes = mutated(seeds, pick);
        const at = framing === "messages" ? 0 : pick(bytes.length + 1);
        talk.session.receive(bytes.subarray(0, at));
        if (pick(4) === 0) await settled();
        if (pick(8) === 0) talk.session.retire();
        talk.session.receive(bytes.subarray(at));
        if (pick(8) === 0) await settled();
        bench.open();
        if (pick(2) === 0) talk.session.finish();
        // The framing that the server found may be another, since it was mutated too.
        const said = talk.texts();
        if (framing !== "messages" && /^\s*c/iu.test(bytes.toString("latin1")) !== (framing === "headers"))
          said.length = 0;
        for (const text of said) expectResponse(JSON.parse(text));
        talk.end();
        expect(talk.session.open, `after input ${input}`).toBe(0);
        expect(talk.texts()).toEqual([]);
      }
      expect(
        reported.filter((error) => error instanceof TypeError && /undefined|is not a function/u.test(error.message)),
      ).toEqual([]);
      const talk = serverTalk(framing, dispatch, LIMITS);
      talk.say({ ...V, id: 1, method: "tools.add", params: [1, 2] });
      expect(talk.heard()).toEqual([{ ...V, id: 1, result: 3 }]);
    },
  );

  test("whatever is posted over HTTP, there is one answer.", async () => {
    const pick = random(SEED);
    const seeds = seedsOf(
      CONVERSATIONS.filter(([, second]) => second === undefined),
      "messages",
    );
    const { dispatch } = new Bench();
    const answers: Promise<unknown>[] = [];
    for (let input = 0; input < INPUTS; input += 1) {
      const ask = httpPair(httpServe(dispatch, LIMITS), [1, 7, 1000][pick(3)]);
      answers.push(
        posted(ask, mutated(seeds, pick)).then(({ status, text }) =>
          status === 204 ? expect(text).toBe("") : expectResponse(JSON.parse(text)),
        ),
      );
    }
    expect(await Promise.all(answers)).toHaveLength(INPUTS);
  });

  test.each(FRAMINGS)("whatever a server answers as %s, every call ends once, and nothing throws.", (framing) => {
    const pick = random(SEED);
    const answers = [
      [
        { ...V, id: 1, result: "x" },
        { ...V, result: { a: 1 }, id: 2 },
        { ...V, id: 3, error: { code: -32005, message: "é", data: [1] } },
      ],
      [
        { ...V, method: "rpc.message", params: { id: 2, value: 1, headers: { a: "b" } } },
        { ...V, id: 2, result: null, trailers: { c: "d" } },
      ],
      [{ ...V, id: null, error: { code: -32700, message: "m" } }],
      [
        [
          { ...V, id: 1, result: 1 },
          { ...V, id: 4, result: "x".repeat(800) },
        ],
      ],
      [
        { ...V, id: 9, method: "ask" },
        { ...V, method: "tell" },
      ],
    ];
    const seeds = seedsOf(answers, framing);
    for (let input = 0; input < INPUTS; input += 1) {
      const talk = clientTalk(framing, LIMITS);
      const ends = [0, 0, 0, 0];
      const requests = ends.map((_, index) => {
        const reply: Sink = {
          head: () => expect(ends[index]).toBe(0),
          message: () => {
            expect(ends[index]).toBe(0);
            return pick(3) > 0;
          },
          end: () => void (ends[index] = (ends[index] ?? 0) + 1),
          drain() {},
        };
        const request = talk.session.dispatch(headOf(index === 1 ? "serverStream" : "unary"), reply);
        request.end(OK, "x");
        return request;
      });
      const bytes = mutated(seeds, pick);
      const at = framing === "messages" ? 0 : pick(bytes.length + 1);
      talk.session.receive(bytes.subarray(0, at));
      const canceled = pick(12);
      requests[canceled]?.end(failure("canceled", "Enough."));
      talk.session.receive(bytes.subarray(at));
      for (const request of requests) request.drain();
      if (talk.failed !== undefined) expect(talk.session.open).toBe(0);
      if (pick(2) === 0) talk.session.finish();
      talk.end();
      expect(talk.session.open).toBe(0);
      for (const [index, count] of ends.entries()) {
        if (index === canceled) expect(count).toBeLessThanOrEqual(1);
        else expect(count, `ends of call ${index} after input ${input}`).toBe(1);
      }
    }
  });
});

/** A response, an array of them, or a message of a stream. */
function expectResponse(said: unknown): void {
  for (const each of [said].flat() as Record<string, unknown>[]) {
    expect(each["jsonrpc"]).toBe("2.0");
    if (each["method"] === "rpc.message") continue;
    expect(each).toHaveProperty("id");
    expect("result" in each).not.toBe("error" in each);
  }
}

function headOf(shape: NonNullable<CallHead["shape"]>): CallHead {
  const peer = { address: "memory://" };
  return { path: "a/b", codec: "value", timeoutMs: undefined, fields: NO_FIELDS, peer, positional: false, shape };
}
