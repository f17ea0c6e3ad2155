import { create } from "@bufbuild/protobuf";
import { EmptySchema, TimestampSchema } from "@bufbuild/protobuf/wkt";
import { expect, test } from "vitest";
import { messageOf } from "./message-of.js";

test("A message stands for itself, and an object for the message with its fields.", () => {
  const message = create(TimestampSchema, { seconds: 5n });
  expect(messageOf(TimestampSchema, message)).toBe(message);
  expect(messageOf(TimestampSchema, { seconds: 5n, other: 1 })).toEqual(message);
});

test("A message of another type is taken by its fields.", () => {
  expect(messageOf(TimestampSchema, create(EmptySchema))).toEqual(create(TimestampSchema));
});

test("Nothing stands for google.protobuf.Empty, and for no other message.", () => {
  expect(messageOf(EmptySchema, undefined)).toEqual(create(EmptySchema));
  expect(() => messageOf(TimestampSchema, undefined)).toThrow(
    "A message of type google.protobuf.Timestamp is an object, and this is nothing.",
  );
});

test.each([
  ["null", null],
  ["a string", "text"],
  ["a number", 5],
  ["a bigint", 5n],
  ["an array", []],
])("%s is refused, and the error says what it is", (what, value) => {
  expect(() => messageOf(TimestampSchema, value)).toThrow(`is an object, and this is ${what}.`);
});
