import { expect, test } from "vitest";
import { EnvelopeReader, soleMessage } from "./envelope.js";
import { enveloped } from "./enveloped.js";
import { copyOf } from "./slab.js";

const MESSAGES = [[], [1], [2, 3, 4], Array.from({ length: 300 }, (_, i) => i & 0xff), [0, 0, 0, 0, 0, 0], [9]];
const STREAM = Uint8Array.from(MESSAGES.flatMap((body, i) => [...enveloped(i & 1, Uint8Array.from(body))]));

/** What a reader finds in pieces, each of which is scribbled over once it was kept. */
function found(pieces: readonly Uint8Array[], limit = 1000): { flags: number; body: number[] }[] {
  const reader = new EnvelopeReader(limit);
  const all: { flags: number; body: number[] }[] = [];
  for (const piece of pieces) {
    const lent = Uint8Array.of(255, ...piece, 255);
    reader.push(lent, 1, lent.length - 1);
    while (reader.next() === "message") all.push({ flags: reader.flags, body: [...reader.body] });
    reader.keep();
    lent.fill(0xee);
  }
  expect(reader.held).toBe(0);
  return all;
}

const EXPECTED = MESSAGES.map((body, i) => ({ flags: i & 1, body }));

test("A stream of messages is the same cut into two at any place.", () => {
  for (let cut = 0; cut <= STREAM.length; cut += 1)
    expect(found([STREAM.subarray(0, cut), STREAM.subarray(cut)])).toEqual(EXPECTED);
});

test.each([1, 2, 3, 5, 7, 64])("A stream of messages is the same in pieces of %i bytes.", (size) => {
  const count = Math.ceil(STREAM.length / size);
  expect(found(Array.from({ length: count }, (_, i) => STREAM.subarray(i * size, (i + 1) * size)))).toEqual(EXPECTED);
});

test("A message of the limit is read, and one byte more is known by its head alone.", () => {
  expect(found([enveloped(0, new Uint8Array(10))], 10)).toHaveLength(1);
  const reader = new EnvelopeReader(10);
  const head = enveloped(0, new Uint8Array(11)).subarray(0, 5);
  reader.push(head, 0, 4);
  expect(reader.next()).toBe("more");
  reader.keep();
  reader.push(head, 4, 5);
  expect(reader.next()).toBe("oversized");
  expect(reader.next()).toBe("oversized");
});

test("A length with its highest bit set is large, and not negative.", () => {
  const reader = new EnvelopeReader(2 ** 31);
  reader.push(Uint8Array.of(0, 255, 255, 255, 255), 0, 5);
  expect(reader.next()).toBe("oversized");
});

test("Bytes of no whole message are held.", () => {
  const reader = new EnvelopeReader(10);
  reader.push(enveloped(0, Uint8Array.of(1, 2)), 0, 6);
  expect(reader.next()).toBe("more");
  expect(reader.held).toBe(6);
});

test("What is long and whole in the bytes pushed is not copied; what is short is, so that it can be kept.", () => {
  for (const [length, isCopied] of [
    [2000, false],
    [2, true],
  ] as const) {
    const bytes = enveloped(1, new Uint8Array(length).fill(length));
    const reader = new EnvelopeReader(2000);
    reader.push(bytes, 0, bytes.length);
    reader.next();
    expect(reader.body.buffer === bytes.buffer).toBe(!isCopied);
    expect(copyOf(reader.body) === reader.body).toBe(isCopied);
  }
});

test("A message that its bytes are whole is found at once, and what is cut, flagged, longer than allowed or more than one is not.", () => {
  const whole = Uint8Array.of(9, ...enveloped(0, Uint8Array.of(1, 2, 3)), 9);
  const range = { start: 1, end: whole.length - 1 };
  expect([...(soleMessage(whole, range, 3) ?? [])]).toEqual([1, 2, 3]);
  expect(soleMessage(whole, range, 2)).toBeUndefined();
  for (let end = range.start; end < range.end; end += 1)
    expect(soleMessage(whole, { start: range.start, end }, 3)).toBeUndefined();
  expect(soleMessage(whole, { start: range.start, end: whole.length }, 3)).toBeUndefined();
  expect(soleMessage(enveloped(1, Uint8Array.of(1)), { start: 0, end: 6 }, 3)).toBeUndefined();
});

test("An envelope has its flags, then its length with the most significant byte first.", () => {
  expect([...enveloped(1, new Uint8Array(0x010203)).subarray(0, 6)]).toEqual([1, 0, 1, 2, 3, 0]);
});
