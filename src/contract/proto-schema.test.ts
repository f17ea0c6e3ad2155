import { createFileRegistry, type DescMessage, type DescMethod, fromBinary } from "@bufbuild/protobuf";
import { AnySchema, DurationSchema, FileDescriptorSetSchema, ValueSchema } from "@bufbuild/protobuf/wkt";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { Kinds, NodeSchema, ScalarsSchema, ShapesSchema, WellKnownSchema } from "../../test/proto/gen/kinds_pb.js";
import { OldSchema } from "../../test/proto/gen/legacy_pb.js";
import { commentOf } from "./proto-comment.js";
import { messageSchema } from "./proto-schema.js";

const node = {
  type: "object",
  properties: { name: { type: "string" }, children: { type: "array", items: { $ref: "#/$defs/test.kinds.Node" } } },
};

describe("the JSON Schema of a message", () => {
  test("names fields as JSON does, and says the type of every scalar", () => {
    const { properties, ...rest } = messageSchema(ScalarsSchema);
    expect(rest).toEqual({ $schema: "https://json-schema.org/draft/2020-12/schema", type: "object" });
    expect(properties).toMatchObject({
      double: { anyOf: [{ type: "number" }, { enum: ["NaN", "Infinity", "-Infinity"] }] },
      int32: { type: "integer", minimum: -2_147_483_648, maximum: 2_147_483_647 },
      sint64: { type: "string", format: "int64", pattern: "^-?[0-9]+$" },
      fixed32: { type: "integer", minimum: 0, maximum: 4_294_967_295 },
      uint64: { type: "string", format: "uint64", pattern: "^[0-9]+$" },
      bool: { type: "boolean" },
      bytes: { type: "string", contentEncoding: "base64" },
      color: { type: "string", enum: ["COLOR_UNSPECIFIED", "COLOR_RED", "COLOR_BLUE"] },
      longText: { type: "string", format: "int64" },
    });
  });

  test("says lists, maps and messages inside, which may hold themselves", () => {
    expect(messageSchema(ShapesSchema)).toMatchObject({
      properties: {
        title: { type: "string" },
        maybe: { type: "integer" },
        text: { type: "string" },
        node: { $ref: "#/$defs/test.kinds.Node" },
        numbers: { type: "array", items: { type: "integer" } },
        counts: { type: "object", additionalProperties: { type: "string", format: "int64" } },
        nodes: { type: "object", additionalProperties: { $ref: "#/$defs/test.kinds.Node" } },
        colors: { type: "object", additionalProperties: { type: "string" } },
      },
      $defs: { "test.kinds.Node": node, "test.kinds.Shapes.Inner": { properties: { id: { type: "string" } } } },
    });
    expect(messageSchema(NodeSchema)).toMatchObject({ ...node, $defs: { "test.kinds.Node": node } });
  });

  test("gives well-known types their own forms, inside and by themselves", () => {
    expect(messageSchema(WellKnownSchema)["properties"]).toEqual({
      timestamp: { type: "string", format: "date-time" },
      duration: { type: "string", pattern: "^-?[0-9]+([.][0-9]{1,9})?s$" },
      struct: { type: "object" },
      value: {},
      list: { type: "array" },
      any: { type: "object", properties: { "@type": { type: "string" } }, required: ["@type"] },
      text: { type: "string" },
      long: { type: "string", format: "int64", pattern: "^-?[0-9]+$" },
      bytes: { type: "string", contentEncoding: "base64" },
      mask: { type: "string" },
      null: { type: "null" },
      empty: { $ref: "#/$defs/google.protobuf.Empty" },
    });
    expect(messageSchema(DurationSchema)).toMatchObject({ type: "string" });
    expect(messageSchema(AnySchema)).toMatchObject({ required: ["@type"] });
    expect(messageSchema(ValueSchema)).toEqual({ $schema: "https://json-schema.org/draft/2020-12/schema" });
  });

  test("requires what proto2 does", () => {
    expect(messageSchema(OldSchema)).toMatchObject({ required: ["name"] });
    expect(messageSchema(ShapesSchema)).not.toHaveProperty("required");
  });
});

describe("comments", () => {
  const set = readFileSync(new URL("../../test/proto/gen/notes.binpb", import.meta.url));
  const files = createFileRegistry(fromBinary(FileDescriptorSetSchema, set));
  const note = files.getMessage("test.notes.Note") as DescMessage;
  const [keep, find] = (files.getService("test.notes.Notes")?.methods ?? []) as [DescMethod, DescMethod];

  test("are those that stand before a method, a message and a field, nested ones too", () => {
    expect(commentOf(keep)).toBe("Keeps a note.\nIt may be found again.");
    expect(commentOf(find)).toBeUndefined();
    expect(messageSchema(note)).toMatchObject({
      description: "A note of somebody.",
      properties: {
        text: { type: "string", description: "What it says." },
        author: { $ref: "#/$defs/test.notes.Note.Author", description: "Who said it." },
      },
      $defs: {
        "test.notes.Note.Author": {
          description: "Whoever says something.",
          properties: { name: { description: "By which others know them." } },
        },
      },
    });
    expect(commentOf(note.fields[1] as never)).toBeUndefined();
  });

  test("are none where the descriptor was made without them", () => {
    expect(commentOf(Kinds.method.sayScalars)).toBeUndefined();
    expect(commentOf(ShapesSchema)).toBeUndefined();
  });
});
