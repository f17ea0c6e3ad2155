import type { DescEnum, DescField, DescMessage, ScalarType } from "@bufbuild/protobuf";
import type { FeatureSet_FieldPresence } from "@bufbuild/protobuf/wkt";
import { commentOf } from "./proto-comment.js";

/** A JSON Schema (draft 2020-12), as plain data. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * The JSON Schema of a message in the canonical JSON mapping (https://protobuf.dev/programming-guides/json/), as it is written; readers take
 * more, such as numbers for 64-bit integers. Messages inside it stand in `$defs` by their full names, so that they may hold themselves.
 */
export function messageSchema(desc: DescMessage): JsonSchema {
  const defs = new Map<string, JsonSchema>();
  const root = WELL_KNOWN[desc.typeName] ?? objectSchema(desc, defs);
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    ...root,
    ...(defs.size === 0 ? {} : { $defs: Object.fromEntries(defs) }),
  };
}

/** As a number, since it would take the library to know it by name. */
const REQUIRED: FeatureSet_FieldPresence.LEGACY_REQUIRED = 3;

const INT32: JsonSchema = { type: "integer", minimum: -2_147_483_648, maximum: 2_147_483_647 };
const UINT32: JsonSchema = { type: "integer", minimum: 0, maximum: 4_294_967_295 };
const INT64: JsonSchema = { type: "string", format: "int64", pattern: "^-?[0-9]+$" };
const UINT64: JsonSchema = { type: "string", format: "uint64", pattern: "^[0-9]+$" };
const FLOAT: JsonSchema = { anyOf: [{ type: "number" }, { enum: ["NaN", "Infinity", "-Infinity"] }] };
const BOOL: JsonSchema = { type: "boolean" };
const TEXT: JsonSchema = { type: "string" };
const BYTES: JsonSchema = { type: "string", contentEncoding: "base64" };

/** By the numbers of descriptor.proto's FieldDescriptorProto.Type. */
const SCALARS: Readonly<Record<ScalarType, JsonSchema>> = {
  1: FLOAT,
  2: FLOAT,
  3: INT64,
  4: UINT64,
  5: INT32,
  6: UINT64,
  7: UINT32,
  8: BOOL,
  9: TEXT,
  12: BYTES,
  13: UINT32,
  15: INT32,
  16: INT64,
  17: INT32,
  18: INT64,
};

/** The messages with a form of their own in JSON. */
const WELL_KNOWN: Readonly<Record<string, JsonSchema | undefined>> = {
  "google.protobuf.Any": { type: "object", properties: { "@type": TEXT }, required: ["@type"] },
  "google.protobuf.Timestamp": { type: "string", format: "date-time" },
  "google.protobuf.Duration": { type: "string", pattern: "^-?[0-9]+([.][0-9]{1,9})?s$" },
  "google.protobuf.FieldMask": TEXT,
  "google.protobuf.Struct": { type: "object" },
  "google.protobuf.Value": {},
  "google.protobuf.ListValue": { type: "array" },
  "google.protobuf.DoubleValue": FLOAT,
  "google.protobuf.FloatValue": FLOAT,
  "google.protobuf.Int64Value": INT64,
  "google.protobuf.UInt64Value": UINT64,
  "google.protobuf.Int32Value": INT32,
  "google.protobuf.UInt32Value": UINT32,
  "google.protobuf.BoolValue": BOOL,
  "google.protobuf.StringValue": TEXT,
  "google.protobuf.BytesValue": BYTES,
};

function objectSchema(desc: DescMessage, defs: Map<string, JsonSchema>): JsonSchema {
  const properties = desc.fields.map((field) => [field.jsonName, described(field, fieldSchema(field, defs))] as const);
  const required = desc.fields.filter(({ presence }) => presence === REQUIRED).map(({ jsonName }) => jsonName);
  return {
    type: "object",
    ...descriptionOf(desc),
    properties: Object.fromEntries(properties),
    ...(required.length === 0 ? {} : { required }),
  };
}

function fieldSchema(field: DescField, defs: Map<string, JsonSchema>): JsonSchema {
  const one = valueSchema(field, defs);
  if (field.fieldKind === "list") return { type: "array", items: one };
  return field.fieldKind === "map" ? { type: "object", additionalProperties: one } : one;
}

/** The schema of a field's value, or of each of its values. */
function valueSchema(field: DescField, defs: Map<string, JsonSchema>): JsonSchema {
  if (field.message !== undefined) return reference(field.message, defs);
  return field.enum === undefined ? SCALARS[field.scalar] : enumSchema(field.enum);
}

/** Refers to a message's own schema, which is made when the message is first met. */
function reference(desc: DescMessage, defs: Map<string, JsonSchema>): JsonSchema {
  const known = WELL_KNOWN[desc.typeName];
  if (known !== undefined) return known;
  if (!defs.has(desc.typeName)) {
    // Its place is taken first: the message may hold itself.
    defs.set(desc.typeName, {});
    defs.set(desc.typeName, objectSchema(desc, defs));
  }
  return { $ref: `#/$defs/${desc.typeName}` };
}

function enumSchema(desc: DescEnum): JsonSchema {
  if (desc.typeName === "google.protobuf.NullValue") return { type: "null" };
  return { type: "string", enum: desc.values.map(({ name }) => name) };
}

function described(field: DescField, schema: JsonSchema): JsonSchema {
  return { ...schema, ...descriptionOf(field) };
}

function descriptionOf(desc: DescField | DescMessage): JsonSchema {
  const description = commentOf(desc);
  return description === undefined ? {} : { description };
}
