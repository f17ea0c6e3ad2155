import type { MethodDescription } from "../../call/introspection.js";

/** What a server answers that cannot tell, as the convention has it. */
const UNDEFINED = "undef";

/** The types of JSON Schema and those of XML-RPC. */
const TYPES: Readonly<Record<string, string>> = {
  string: "string",
  integer: "int",
  number: "double",
  boolean: "boolean",
  array: "array",
  object: "struct",
  null: "nil",
};

/**
 * The ways to call a method, each the type of the answer and then those of the parameters, as far as its JSON Schemas tell; `"undef"` where
 * they do not. Undefined for no method.
 */
export function signaturesOf(
  method: MethodDescription | undefined,
): readonly (readonly string[])[] | string | undefined {
  if (method === undefined) return undefined;
  const { input, output } = method;
  const types = [typeOf(output), typeOf(input)];
  return types.includes(undefined) ? UNDEFINED : [types.filter((type) => type !== undefined)];
}

function typeOf(schema: unknown): string | undefined {
  if (typeof schema !== "object" || schema === null || !("type" in schema)) return undefined;
  return typeof schema.type === "string" && Object.hasOwn(TYPES, schema.type) ? TYPES[schema.type] : undefined;
}
