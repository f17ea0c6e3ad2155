import { create } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import { expect, test } from "vitest";
import { addJsonNames, jsonNameOf } from "./json-names.js";

test.each([
  ["text", "text"],
  ["delay_ms", "delayMs"],
  ["a__b_", "aB"],
  ["_lead", "Lead"],
  ["Upper_case", "UpperCase"],
  ["n_1x", "n1x"],
])("The field %s is called %s in JSON.", (name, jsonName) => {
  expect(jsonNameOf(name)).toBe(jsonName);
});

test("Fields without a name in JSON get one, wherever they are declared; others keep theirs.", () => {
  const field = [{ name: "a_b" }, { name: "c_d", jsonName: "own" }];
  const file = create(FileDescriptorProtoSchema, {
    messageType: [{ field, nestedType: [{ field, extension: field }] }],
    extension: field,
  });
  addJsonNames(file);
  const [message] = file.messageType;
  const all = [file.extension, message?.field, message?.nestedType[0]?.field, message?.nestedType[0]?.extension];
  for (const fields of all) expect(fields?.map(({ jsonName }) => jsonName)).toEqual(["aB", "own"]);
});
