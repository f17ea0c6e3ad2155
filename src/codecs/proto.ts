import { type DescMessage, fromBinary, toBinary } from "@bufbuild/protobuf";
import { settle } from "../bytes/settled.js";
import { copyOf } from "../bytes/slab.js";
import type { Codec, MethodCodec } from "../call/codec.js";
import { messageOf } from "./message-of.js";

/**
 * Messages are bytes in protobuf's binary format (https://protobuf.dev/programming-guides/encoding/), for protobuf methods alone. Fields that
 * the descriptors do not know are kept, and written again.
 */
export const proto: Codec = {
  name: "proto",
  bind: ({ proto: method }) => (method === undefined ? undefined : bound(method.input, method.output)),
};

function bound(input: DescMessage, output: DescMessage): MethodCodec {
  return {
    readInput: (body) => read(input, body),
    writeInput: (value) => settle(toBinary(input, messageOf(input, value))),
    readOutput: (body) => read(output, body),
    writeOutput: (value) => settle(toBinary(output, messageOf(output, value))),
  };
}

function read(desc: DescMessage, body: unknown): unknown {
  if (!(body instanceof Uint8Array)) throw new TypeError(`it takes one message of type ${desc.typeName}`);
  // A body is lent, and the fields of type bytes that are read from it are views into it.
  return fromBinary(desc, copyOf(body));
}
