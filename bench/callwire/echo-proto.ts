import { create, createFileRegistry, type DescService } from "@bufbuild/protobuf";
import { FieldDescriptorProto_Label, FieldDescriptorProto_Type, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";

/** `service Echo { rpc Echo(Text) returns (Text); }  message Text { string text = 1; }`, made without a compiler. */
export function echoProto(): DescService {
  const text = {
    name: "text",
    jsonName: "text",
    number: 1,
    type: FieldDescriptorProto_Type.STRING,
    label: FieldDescriptorProto_Label.OPTIONAL,
  };
  const file = {
    name: "bench.proto",
    package: "bench",
    syntax: "proto3",
    messageType: [{ name: "Text", field: [text] }],
    service: [{ name: "Echo", method: [{ name: "Echo", inputType: ".bench.Text", outputType: ".bench.Text" }] }],
  };
  const service = createFileRegistry(create(FileDescriptorSetSchema, { file: [file] })).getService("bench.Echo");
  if (service === undefined) throw new Error("The descriptor lacks its service.");
  return service;
}
