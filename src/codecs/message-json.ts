import { create, type DescMethod, fromJson, type JsonValue, toJson } from "@bufbuild/protobuf";
import type { AnyMessage } from "../contract/proto-service.js";
import { messageOf } from "./message-of.js";
import { registryOf } from "./type-registry.js";

/** The messages of one method, read and written as people write them. */
export interface MessageJson {
  /** Reads an input; undefined is a message without fields. Throws an Error that says what is wrong, a member that is no field among it. */
  readonly read: (value: unknown) => AnyMessage;
  /** Writes an answer. Throws an Error where it holds what cannot be written: an Any of a type that is not known. */
  readonly write: (answer: unknown) => JsonValue;
}

/** Reads and writes the messages of a method in the canonical JSON mapping (https://protobuf.dev/programming-guides/json/), for people: nothing is passed over. */
export function messageJson({ input, output, parent }: DescMethod): MessageJson {
  const registry = registryOf(parent.file);
  return {
    // What JSON.parse() gives; what else there may be is refused.
    read: (value) => (value === undefined ? create(input) : fromJson(input, value as JsonValue, { registry })),
    write: (answer) => toJson(output, messageOf(output, answer), { registry }),
  };
}
