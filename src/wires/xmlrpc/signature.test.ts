import { expect, test } from "vitest";
import type { MethodDescription } from "../../call/introspection.js";
import { signaturesOf } from "./signature.js";

const method = (parts: Partial<MethodDescription>): MethodDescription => ({ name: "a", shape: "unary", ...parts });

test.each<[string, MethodDescription | undefined, unknown]>([
  ["types that XML-RPC has", method({ input: { type: "object" }, output: { type: "integer" } }), [["int", "struct"]]],
  ["every type", method({ input: { type: "array" }, output: { type: "number" } }), [["double", "array"]]],
  ["text and null", method({ input: { type: "string" }, output: { type: "null" } }), [["nil", "string"]]],
  ["several types", method({ input: { type: ["string", "null"] }, output: { type: "integer" } }), "undef"],
  ["a choice", method({ input: { anyOf: [] }, output: { type: "integer" } }), "undef"],
  ["a type of no name", method({ input: { type: "constructor" }, output: { type: "integer" } }), "undef"],
  ["no schemas", method({}), "undef"],
  ["names of parameters alone", method({ positional: true, params: ["a", "b"] }), "undef"],
  ["no method", undefined, undefined],
])("The signature of a method with %s.", (_what, described, expected) => {
  expect(signaturesOf(described)).toEqual(expected);
});
