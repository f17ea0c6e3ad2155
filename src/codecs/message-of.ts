import { create, type DescMessage, isMessage, type Message } from "@bufbuild/protobuf";

const EMPTY = "google.protobuf.Empty";

/**
 * The message that a value stands for: itself, or one made of its fields. Nothing at all stands for `google.protobuf.Empty` alone.
 * Throws a TypeError for what is no object, which create() would take for a message without fields.
 */
export function messageOf(desc: DescMessage, value: unknown): Message {
  if (isMessage(value, desc)) return value;
  if (value === undefined && desc.typeName === EMPTY) return create(desc);
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new TypeError(`A message of type ${desc.typeName} is an object, and this is ${sayWhat(value)}.`);
  // An object, as has been seen; create() takes of it the fields that the message has.
  return create(desc, value as Record<string, unknown>);
}

function sayWhat(value: unknown): string {
  if (value === undefined) return "nothing";
  return Array.isArray(value) ? "an array" : value === null ? "null" : `a ${typeof value}`;
}
