import { expect, test } from "vitest";
import { HeldRequests } from "./held-requests.js";

/** A packet of so many bytes, each of them `value`, four of them its meta. */
function packet(value: number, size: number): Parameters<HeldRequests["add"]>[0] {
  return { bytes: new Uint8Array(size + 7).fill(value), metaStart: 3, metaEnd: 7, end: 3 + size };
}

const id = (idLow: number): { idLow: number; idHigh: number } => ({ idLow, idHigh: 0 });

test("Requests are given back as copies, in the order in which they came.", () => {
  const held = new HeldRequests(10_000);
  expect(held.empty).toBe(true);
  const first = packet(1, 20);
  held.add(first, id(1));
  held.add(packet(2, 30), id(2));
  first.bytes.fill(9);
  expect(held.take()).toMatchObject({ bytes: new Uint8Array(20).fill(1), metaStart: 0, metaEnd: 4, end: 20 });
  expect(held.take()).toMatchObject({ bytes: new Uint8Array(30).fill(2), metaEnd: 4, end: 30 });
  expect(held.take()).toBeUndefined();
  expect(held.empty).toBe(true);
});

test("What is beyond their limit is not kept, and there is room again when some were taken, dropped or cleared.", () => {
  const held = new HeldRequests(2000);
  expect(held.add(packet(1, 700), id(1))).toBe(true);
  expect(held.add(packet(2, 700), id(2))).toBe(true);
  expect(held.add(packet(3, 700), id(3))).toBe(false);
  held.drop(1, 0);
  expect(held.add(packet(3, 700), id(3))).toBe(true);
  held.take();
  expect(held.add(packet(4, 700), id(4))).toBe(true);
  held.clear();
  expect(held.empty).toBe(true);
  expect(held.add(packet(5, 1700), id(5))).toBe(true);
});

test("Only the request with the whole id is dropped.", () => {
  const held = new HeldRequests(10_000);
  held.add(packet(1, 20), { idLow: 5, idHigh: 1 });
  held.add(packet(2, 20), { idLow: 5, idHigh: 0 });
  held.drop(5, 0);
  held.drop(7, 0);
  expect(held.take()?.bytes[0]).toBe(1);
  expect(held.take()).toBeUndefined();
});
