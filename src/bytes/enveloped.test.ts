import { expect, test } from "vitest";
import { enveloped, lentEnvelope } from "./enveloped.js";

test.each([0, 1, 5, 511, 512, 513, 70_000])("A lent envelope says what one of its own says: %i bytes.", (length) => {
  const body = Uint8Array.from({ length }, (_, i) => i);
  expect(lentEnvelope(1, body)).toEqual(enveloped(1, body));
  expect(lentEnvelope(0, body)).toEqual(enveloped(0, body));
});

test("A small lent envelope is written over by the next; one of its own is not.", () => {
  const first = lentEnvelope(0, Uint8Array.of(1, 2));
  const own = enveloped(0, Uint8Array.of(1, 2));
  lentEnvelope(0, Uint8Array.of(3, 4));
  expect([...first.subarray(5)]).toEqual([3, 4]);
  expect([...own.subarray(5)]).toEqual([1, 2]);
});
