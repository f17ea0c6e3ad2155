import { describe, expect, test } from "vitest";
import { converse, type Conversation, settled } from "./attached.js";
import { closeOf, frameOf } from "./frames.js";

const TEXT = 1;
const CLOSE = 8;
const PING = 9;
const PONG = 10;

/** Tells a session that so much time has passed, as the sweeps of a server do. */
function wait(talk: Conversation, seconds: number): void {
  for (let half = 0; half < seconds * 2; half += 1) talk.attachment.tick();
}

describe("A server that stops", () => {
  test("says 1001 to a client without calls", async () => {
    const talk = converse();
    talk.attachment.retire();
    expect(await talk.all).toEqual([[CLOSE, "1001 "]]);
    expect(await talk.closed).toBeUndefined();
  });

  test("answers what is open, and says 1001 behind it", async () => {
    const talk = converse();
    talk.write(frameOf(TEXT, "call"));
    await settled();
    talk.attachment.retire();
    await settled();
    expect(talk.heard()).toEqual([[TEXT, "call"]]);
    talk.write(frameOf(TEXT, "answer"));
    expect(await talk.all).toEqual([
      [TEXT, "call"],
      [TEXT, "answer"],
      [CLOSE, "1001 "],
    ]);
  });

  test("leaves where its inner session does", async () => {
    const talk = converse();
    talk.write(frameOf(TEXT, "leave"));
    expect(await talk.all).toEqual([
      [TEXT, "leave"],
      [CLOSE, "1001 "],
    ]);
    expect(talk.log).toEqual([]);
  });

  test("hears the echo of its goodbye, and nothing breaks", async () => {
    const talk = converse();
    talk.write(frameOf(TEXT, "leave"));
    talk.write(closeOf(1001));
    expect(await talk.all).toEqual([
      [TEXT, "leave"],
      [CLOSE, "1001 "],
    ]);
    expect(await talk.closed).toBeUndefined();
  });

  test("does not give the connection away", async () => {
    const talk = converse();
    talk.write(frameOf(TEXT, "become"));
    expect((await talk.closed)?.message).toContain("carries one protocol");
  });
});

describe("A session that holds up reading", () => {
  test("hears nothing more until it reads on, then everything in order", async () => {
    const talk = converse();
    const messages = ["a", "pause", "b", "pause", "c"].map((text) => frameOf(TEXT, text));
    talk.write(Buffer.concat([...messages, frameOf(PING, "p"), closeOf(1000)]));
    await settled();
    expect(talk.inner.events).toEqual(["a", "pause"]);
    talk.inner.outlet.resume();
    expect(talk.inner.events).toEqual(["a", "pause", "b", "pause"]);
    talk.inner.outlet.resume();
    expect(talk.inner.events.slice(4)).toEqual(["c", "lost: canceled: The caller closed the WebSocket (1000)."]);
    expect((await talk.all).filter(([opcode]) => opcode !== PONG)).toEqual([
      ...["a", "pause", "b", "pause", "c"].map((text) => [TEXT, text]),
      [CLOSE, "1000 "],
    ]);
  });

  test("reads on from the connection when it has caught up", async () => {
    const talk = converse();
    talk.write(frameOf(TEXT, "pause"));
    await settled();
    talk.write(frameOf(TEXT, "later"));
    await settled();
    expect(talk.inner.events).toEqual(["pause"]);
    talk.inner.outlet.resume();
    await settled();
    expect(talk.inner.events).toEqual(["pause", "later"]);
  });

  test("still hears that the connection ends after bytes that cannot be understood", async () => {
    const talk = converse();
    talk.write(Buffer.concat([frameOf(TEXT, "pause"), frameOf(3, "")]));
    expect((await talk.all).map(([opcode]) => opcode)).toEqual([TEXT, CLOSE]);
    expect(await talk.closed).toBeUndefined();
  });
});

describe("A silent peer", () => {
  test("is asked after 30 s, and lives on when it answers", async () => {
    const talk = converse();
    wait(talk, 29);
    await settled();
    expect(talk.heard()).toEqual([]);
    wait(talk, 2);
    await settled();
    expect(talk.heard()).toEqual([[PING, ""]]);
    talk.write(frameOf(PONG));
    await settled();
    wait(talk, 29);
    await settled();
    expect(talk.heard()).toEqual([[PING, ""]]);
    wait(talk, 2);
    await settled();
    expect(talk.heard()).toEqual([
      [PING, ""],
      [PING, ""],
    ]);
  });

  test("is cut after another 30 s, and its calls end", async () => {
    const talk = converse();
    talk.write(frameOf(TEXT, "call"));
    await settled();
    wait(talk, 61);
    expect((await talk.closed)?.message).toContain("did not answer a ping");
    expect(talk.inner.events[1]).toMatch(/^lost: unavailable: /u);
  });

  test("is excused while this end holds up the reading", async () => {
    const talk = converse();
    talk.write(frameOf(TEXT, "pause"));
    await settled();
    wait(talk, 300);
    await settled();
    expect(talk.heard()).toEqual([[TEXT, "pause"]]);
  });

  test("that sends a message in drops is refused with 1008 after requestTimeoutMs", async () => {
    const talk = converse();
    const frame = frameOf(TEXT, "slow as can be, and then some");
    for (let at = 0; at < 6; at += 1) {
      talk.write(frame.subarray(at, at + 1));
      await settled(2);
      wait(talk, 11);
    }
    expect(await talk.all).toEqual([[CLOSE, "1008 A message has to arrive within 60000 ms, and this one has not."]]);
  });

  test("may take its time between messages", async () => {
    const talk = converse();
    for (let count = 0; count < 20; count += 1) {
      talk.write(frameOf(TEXT, "hello"));
      await settled(2);
      wait(talk, 20);
    }
    expect(talk.heard().filter(([opcode]) => opcode === TEXT)).toHaveLength(20);
    expect(talk.log).toEqual([]);
  });
});
