import type { DescMethod } from "@bufbuild/protobuf";
import type { MethodCodec } from "../../src/call/codec.js";
import { canonical } from "../../src/codecs/canonical.js";
import { jsonOf } from "../../src/codecs/json.js";
import { proto } from "../../src/codecs/proto.js";
import { value } from "../../src/codecs/value.js";

const values = canonical(value);

/** All codecs that protobuf methods have, by name. */
export const CODECS = { value: values, json: jsonOf(values), proto };

/** A method's messages in one of them. */
export function bound(name: keyof typeof CODECS, method: DescMethod): MethodCodec {
  const codec = CODECS[name].bind({ shape: "unary", proto: method });
  if (codec === undefined) throw new Error(`No codec ${name} for ${method.name}.`);
  return codec;
}
