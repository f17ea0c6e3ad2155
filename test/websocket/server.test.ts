import { describe, expect, test } from "vitest";
import { DEFAULT_LIMITS } from "../../src/wires/limits.js";
import { converse, type Conversation, settled } from "./attached.js";
import { closeOf, frameOf, type Heard } from "./frames.js";

const TEXT = 1;
const BINARY = 2;
const CLOSE = 8;
const PING = 9;
const PONG = 10;

/** One of each thing that a client may say. */
const EVERYTHING = Buffer.concat([
  frameOf(TEXT, "one"),
  frameOf(BINARY, "two é"),
  frameOf(TEXT, "thr", { fin: false }),
  frameOf(PING, "still there?"),
  frameOf(0, "e", { fin: false }),
  frameOf(0, "e"),
  frameOf(PONG, "nobody asked"),
  frameOf(TEXT, ""),
  frameOf(TEXT, "x".repeat(130)),
  closeOf(1000, "bye"),
]);

const CLOSED = "lost: canceled: The caller closed the WebSocket (1000).";

describe("A server's session", () => {
  test("hears messages of text and of bytes, whole or in fragments, and answers in text, however the bytes are cut", async () => {
    const cuts = Array.from({ length: EVERYTHING.length + 1 }, (_, i) => i).filter(
      (i) => i < 100 || i > 225 || i % 8 === 0,
    );
    await Promise.all(
      cuts.map(async (cut) => {
        const talk = converse();
        if (cut > 0) talk.write(EVERYTHING.subarray(0, cut));
        if (cut < EVERYTHING.length) talk.write(EVERYTHING.subarray(cut));
        await expectEverything(talk);
      }),
    );
    for (const chunkBytes of [1, 2, 7]) {
      const talk = converse(chunkBytes);
      talk.write(EVERYTHING);
      await expectEverything(talk);
    }
  });

  test.each([0, 1, 125, 126, 127, 65_535, 65_536, 300_000])("carries a message of %i bytes", async (length) => {
    const text = "a".repeat(length);
    const talk = converse();
    talk.write(frameOf(TEXT, text));
    talk.write(closeOf(1000));
    expect(await talk.all).toEqual([
      [TEXT, text],
      [CLOSE, "1000 "],
    ]);
  });

  test("keeps nothing of the chunk that it was given", async () => {
    const talk = converse();
    const first = frameOf(TEXT, "a message in two chunks");
    const chunk = new Uint8Array(first.subarray(0, 12));
    talk.attachment.data(chunk);
    chunk.fill(0xaa);
    talk.attachment.data(first.subarray(12));
    await settled();
    expect(talk.heard()).toEqual([[TEXT, "a message in two chunks"]]);
  });

  test("leaves the bytes that it was given as they were", () => {
    const talk = converse();
    const frame = frameOf(TEXT, "masked");
    const before = Buffer.from(frame);
    talk.attachment.data(frame);
    expect(frame).toEqual(before);
  });

  test("answers the last of many pings", async () => {
    const talk = converse();
    talk.write(Buffer.concat([frameOf(PING, "1"), frameOf(PING, "2"), frameOf(PING, "3")]));
    await settled();
    expect(talk.heard()).toEqual([[PONG, "3"]]);
  });

  test.each([
    ["1000", closeOf(1000, "done"), "1000 ", 1000],
    ["1001", closeOf(1001), "1001 ", 1001],
    ["4999", closeOf(4999, "é"), "4999 ", 4999],
    ["no code", closeOf(), "", 1005],
  ])(
    "echoes a goodbye with %s, cancels open calls and ends the connection in peace",
    async (_what, bytes, echo, code) => {
      const talk = converse();
      talk.write(frameOf(TEXT, "call"));
      await settled();
      talk.write(Buffer.concat([bytes, frameOf(TEXT, "too late")]));
      expect(await talk.all).toEqual([
        [TEXT, "call"],
        [CLOSE, echo],
      ]);
      expect(talk.inner.events[1]).toBe(`lost: canceled: The caller closed the WebSocket (${code}).`);
      expect(await talk.closed).toBeUndefined();
      expect(talk.log).toEqual([]);
    },
  );

  test("passes on that the caller has said everything without a goodbye, and answers what is open", async () => {
    const talk = converse();
    talk.write(frameOf(TEXT, "call"));
    talk.end();
    await settled();
    expect(talk.inner.events).toEqual(["call", "finish"]);
    talk.inner.open = 0;
    talk.inner.say("answered");
    expect(await talk.all).toEqual([
      [TEXT, "call"],
      [TEXT, "answered"],
    ]);
  });
});

async function expectEverything(talk: Conversation): Promise<void> {
  const heard = await talk.all;
  expect(heard.filter(([opcode]) => opcode !== PONG)).toEqual([
    [TEXT, "one"],
    [TEXT, "two é"],
    [TEXT, "three"],
    [TEXT, ""],
    [TEXT, "x".repeat(130)],
    [CLOSE, "1000 "],
  ]);
  expect(heard.filter(([opcode]) => opcode === PONG)).toEqual([[PONG, "still there?"]]);
  expect(await talk.closed).toBeUndefined();
  expect(talk.inner.events).toContain(CLOSED);
  expect(talk.log).toEqual([]);
}

const LIMITED = { ...DEFAULT_LIMITS, maxMessageBytes: 100 };
const WRONG: readonly (readonly [what: string, bytes: Buffer, code: number])[] = [
  ["A frame that is not masked", frameOf(TEXT, "hello", { mask: false }), 1002],
  ["A frame that claims to be compressed", frameOf(TEXT, "hello", { reserved: 0x40 }), 1002],
  ["A frame with the second reserved bit", frameOf(TEXT, "hello", { reserved: 0x20 }), 1002],
  ["A frame with the third reserved bit", frameOf(TEXT, "hello", { reserved: 0x10 }), 1002],
  ["A frame of an unknown kind", frameOf(3, "hello"), 1002],
  ["A control frame of an unknown kind", frameOf(11, "hello"), 1002],
  ["A ping in fragments", frameOf(PING, "hello", { fin: false }), 1002],
  ["A ping of 126 bytes", frameOf(PING, "x".repeat(126)), 1002],
  ["A fragment that goes on with nothing", frameOf(0, "hello"), 1002],
  ["A message within another", Buffer.concat([frameOf(TEXT, "a", { fin: false }), frameOf(TEXT, "b")]), 1002],
  ["A goodbye with half a code", frameOf(CLOSE, "x"), 1002],
  ["A goodbye with the code 1005, which is never sent", closeOf(1005), 1002],
  ["A goodbye with the code 999", closeOf(999), 1002],
  ["A goodbye whose reason is no UTF-8", frameOf(CLOSE, Uint8Array.of(3, 232, 0xff)), 1007],
  ["Text that is no UTF-8", frameOf(TEXT, Uint8Array.of(0x61, 0xc3)), 1007],
  [
    "Text that is no UTF-8 over its fragments",
    Buffer.concat([frameOf(TEXT, Uint8Array.of(0xc3), { fin: false }), frameOf(0, Uint8Array.of(0xc3))]),
    1007,
  ],
  ["A message over the limit", frameOf(TEXT, "x".repeat(101)), 1009],
  [
    "A message whose fragments are over the limit",
    Buffer.concat([frameOf(TEXT, "x".repeat(60), { fin: false }), frameOf(0, "x".repeat(60))]),
    1009,
  ],
  ["The head of a message of 2^60 bytes", frameOf(BINARY, "", { length: 2n ** 60n }).subarray(0, 10), 1009],
  ["The head of a message of 2^32 bytes", frameOf(BINARY, "", { length: 2n ** 32n }).subarray(0, 10), 1009],
];

describe("What breaks the protocol", () => {
  test.each(WRONG)(
    "%s is answered with its code, after what was said before, and the connection ends",
    async (_what, bytes, code) => {
      const whole = Buffer.concat([frameOf(TEXT, "before"), bytes, frameOf(TEXT, "after")]);
      const from = whole.length - bytes.length - 11;
      const cuts = Array.from({ length: bytes.length }, (_, i) => from + i);
      await Promise.all(
        [undefined, ...cuts].map(async (cut) => {
          const talk = converse(cut === undefined ? 1 : 65_536, LIMITED);
          talk.write(whole.subarray(0, cut));
          if (cut !== undefined) talk.write(whole.subarray(cut));
          expectRefused(await talk.all, code);
          await talk.closed;
          expect(talk.inner.events[0]).toBe("before");
          expect(talk.inner.events[1]).toMatch(code === 1009 ? /^lost: resource_exhausted: / : /^lost: unavailable: /u);
          expect(talk.inner.events).not.toContain("after");
          expect(talk.log).toHaveLength(1);
        }),
      );
    },
  );

  test("More fragments than any message needs are refused with 1008", async () => {
    const talk = converse();
    talk.write(
      Buffer.concat(Array.from({ length: 16_385 }, (_, i) => frameOf(i === 0 ? TEXT : 0, "", { fin: false }))),
    );
    const [last] = (await talk.all).slice(-1);
    expect(last?.[1]).toMatch(/^1008 /u);
  });

  test("A failure of the inner session leaves as 1008, after what it has said", async () => {
    const talk = converse();
    talk.write(Buffer.concat([frameOf(TEXT, "fail"), frameOf(TEXT, "after")]));
    expect(await talk.all).toEqual([
      [TEXT, "fail"],
      [CLOSE, "1008 This cannot be understood."],
    ]);
    expect(talk.inner.events[0]).toBe("fail");
    expect(talk.inner.events).not.toContain("after");
    expect(talk.log).toEqual(["Closed memory://: This cannot be understood."]);
  });
});

function expectRefused(heard: readonly Heard[], code: number): void {
  expect(heard).toHaveLength(2);
  expect(heard[0]).toEqual([TEXT, "before"]);
  expect(heard[1]?.[0]).toBe(CLOSE);
  expect(heard[1]?.[1]).toMatch(new RegExp(`^${code} \\S`, "u"));
}
