import {
  create,
  type DescMessage,
  type DescMethod,
  fromJson,
  type JsonReadOptions,
  type JsonValue,
  type JsonWriteOptions,
  toJson,
} from "@bufbuild/protobuf";
import type { FullCodec, MethodCodec } from "../call/codec.js";
import { messageOf } from "./message-of.js";
import { registryOf } from "./type-registry.js";

/**
 * A codec of plain values that knows protobuf methods too: their messages are written as the plain values of the canonical JSON mapping
 * (https://protobuf.dev/programming-guides/json/), and members that the descriptors do not know are left out in reading.
 */
export function canonical(codec: FullCodec): FullCodec {
  return {
    name: codec.name,
    bind: (method) => {
      const plain = codec.bind(method);
      return method.proto === undefined ? plain : bound(method.proto, plain);
    },
  };
}

/** `plain` says which of what came is the message: the one argument of a list, say. */
function bound({ input, output, parent }: DescMethod, plain: MethodCodec): MethodCodec {
  const registry = registryOf(parent.file);
  const reading: Partial<JsonReadOptions> = { ignoreUnknownFields: true, registry };
  const writing: Partial<JsonWriteOptions> = { registry };
  return {
    readInput: (body, head) => read(input, plain.readInput(body, head), reading),
    writeInput: (value) => toJson(input, messageOf(input, value), writing),
    readOutput: (body) => read(output, body, reading),
    writeOutput: (value) => toJson(output, messageOf(output, value), writing),
  };
}

/** A caller who sends nothing, where there has to be a message, means one without fields; only of a `Value` null is a value. */
function read(desc: DescMessage, body: unknown, options: Partial<JsonReadOptions>): unknown {
  if (body === undefined || (body === null && desc.typeName !== "google.protobuf.Value")) return create(desc);
  // Bodies of this codec are plain values, as JSON has them; what is none is refused by fromJson.
  return fromJson(desc, body as JsonValue, options);
}
