import { expect, test } from "vitest";
import { converse, settled } from "./attached.js";
import { closeOf, frameOf } from "./frames.js";

const INPUTS = 400;

/** A generator that gives the same numbers each time (mulberry32). */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const CONVERSATION = Buffer.concat([
  frameOf(1, "hello"),
  frameOf(9, "ping"),
  frameOf(1, "frag", { fin: false }),
  frameOf(0, "ment"),
  frameOf(2, "x".repeat(200)),
  closeOf(1000, "done"),
]);

test(`After any of ${INPUTS} broken conversations the connection ends, and nothing is thrown.`, async () => {
  const pick = random(6455);
  for (let input = 0; input < INPUTS; input += 100) {
    await Promise.all(
      Array.from({ length: 100 }, async () => {
        const bytes = Buffer.from(pick(4) === 0 ? Array.from({ length: pick(60) }, () => pick(256)) : CONVERSATION);
        for (let change = pick(4); change > 0 && bytes.length > 0; change -= 1) bytes[pick(bytes.length)] = pick(256);
        const talk = converse([1, 7, 65_536][pick(3)]);
        talk.write(bytes.subarray(0, pick(3) === 0 ? pick(bytes.length + 1) : bytes.length));
        talk.end();
        await talk.closed;
        expect(talk.log.filter((line) => line.includes("failure of callwire itself"))).toEqual([]);
        expect(talk.inner.events.join()).toMatch(/lost|finish/u);
        // What was said is whole frames: framesIn throws otherwise.
        await talk.all;
      }),
    );
  }
  await settled();
});
