import { create, toBinary } from "@bufbuild/protobuf";
import { EchoRequestSchema } from "../../examples/quickstart/gen/echo_pb.js";
import { enveloped } from "../../src/bytes/enveloped.js";

/** The bytes of a message that says `text`, without what goes before it. */
export function saying(text: string): Uint8Array {
  return toBinary(EchoRequestSchema, create(EchoRequestSchema, { text }));
}

/** The same, ready to be sent. */
export function message(text: string): Uint8Array {
  return enveloped(0, saying(text));
}
