import { expect, test } from "vitest";
import { EnvelopeReader } from "./envelope.js";
import { enveloped } from "./enveloped.js";
import { isSettled, settle } from "./settled.js";
import { copyOf } from "./slab.js";

const LARGE = new Uint8Array(100_000);

test("Large bytes that were said to be settled are, and no others.", () => {
  const bytes = new Uint8Array(100_000);
  expect(isSettled(bytes)).toBe(false);
  expect(settle(bytes)).toBe(bytes);
  expect(isSettled(bytes)).toBe(true);
  expect(isSettled(bytes.subarray(1))).toBe(false);
  expect(isSettled(settle(new Uint8Array(10)))).toBe(false);
});

test("What is settled is not copied, and what is lent is.", () => {
  const bytes = settle(new Uint8Array(100_000));
  expect(copyOf(bytes)).toBe(bytes);
  expect(copyOf(LARGE)).not.toBe(LARGE);
});

test("A large message in an envelope is settled; one that was read is where it came in pieces, since the reader put it together.", () => {
  const message = enveloped(0, LARGE);
  expect(isSettled(message)).toBe(true);
  const whole = new EnvelopeReader(1_000_000);
  whole.push(message, 0, message.length);
  expect([whole.next(), isSettled(whole.body)]).toEqual(["message", false]);
  const pieces = new EnvelopeReader(1_000_000);
  for (let at = 0; at < message.length; at += 5000) {
    pieces.push(message, at, Math.min(at + 5000, message.length));
    if (at + 5000 < message.length) expect(pieces.next()).toBe("more");
    pieces.keep();
  }
  expect([pieces.next(), isSettled(pieces.body), pieces.body.length]).toEqual(["message", true, 100_000]);
  const { body } = pieces;
  const other = enveloped(0, new Uint8Array(100_000).fill(1));
  pieces.push(other, 0, 50_000);
  pieces.keep();
  pieces.push(other, 50_000, other.length);
  expect(pieces.next()).toBe("message");
  expect(body).toEqual(LARGE);
});
