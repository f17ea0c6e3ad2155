import { expect, test } from "vitest";
import { FieldWriter } from "./field-writer.js";
import { FieldReader } from "./protobuf-fields.js";

/** What a reader finds, in short; the last entry is `broken` where it broke off. */
function found(bytes: Uint8Array): unknown[] {
  const reader = new FieldReader();
  const list: unknown[] = [];
  reader.open(bytes, 0, bytes.length);
  while (reader.next()) {
    const { number, kind, low, high, start, end } = reader;
    list.push(
      kind === "varint" ? [number, (BigInt(high) << 32n) | BigInt(low)] : [number, kind, ...bytes.subarray(start, end)],
    );
  }
  if (reader.kind === "broken") list.push("broken");
  return list;
}

const NUMBERS = Array.from({ length: 64 }, (_, bits) => [1n << BigInt(bits), (1n << BigInt(bits)) - 1n]).flat();

test("Every number of 64 bits is read as it was written.", () => {
  for (const number of [...NUMBERS, 2n ** 64n - 1n]) {
    const writer = new FieldWriter();
    writer.open(new Uint8Array(20), 3);
    writer.number(4, Number(number & 0xffff_ffffn), Number(number >> 32n));
    expect(found(writer.bytes.subarray(3, writer.at))).toEqual([[4, number]]);
    expect(writer.at - 4).toBe(Math.max(1, Math.ceil(number.toString(2).length / 7)));
  }
});

test("Fields of all kinds are told apart; bits beyond 64 are dropped.", () => {
  const bytes = [
    0x08, 5, 0x12, 2, 1, 2, 0x19, 1, 2, 3, 4, 5, 6, 7, 8, 0x25, 1, 2, 3, 4, 0xf8, 0xff, 0xff, 0xff, 0x0f, 1,
  ];
  expect(found(Uint8Array.from(bytes))).toEqual([
    [1, 5n],
    [2, "bytes", 1, 2],
    [3, "fixed", 1, 2, 3, 4, 5, 6, 7, 8],
    [4, "fixed", 1, 2, 3, 4],
    [2 ** 29 - 1, 1n],
  ]);
  expect(found(Uint8Array.from([0x08, ...Array<number>(9).fill(0xff), 0x7f]))).toEqual([[1, 2n ** 64n - 1n]]);
});

test.each([
  ["a varint without an end", [0x08, 0xff]],
  ["a varint of eleven bytes", [0x08, ...Array<number>(10).fill(0x80), 1]],
  ["a length beyond the message", [0x0a, 3, 1, 2]],
  ["a length of more than 32 bits", [0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 1]],
  ["a field with the number 0", [0x00, 1]],
  ["a tag of more than 32 bits", [0x88, 0x80, 0x80, 0x80, 0x80, 1, 0]],
  ["a group", [0x0b, 0x0c]],
  ["a kind that there is not", [0x0e, 0]],
  ["eight bytes that are seven", [0x09, 1, 2, 3, 4, 5, 6, 7]],
])("A message with %s is broken.", (_what, bytes) => {
  expect(found(Uint8Array.from(bytes)).at(-1)).toBe("broken");
});
