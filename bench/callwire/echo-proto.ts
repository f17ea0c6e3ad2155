import { create, createFileRegistry, type DescService } from "@bufbuild/protobuf";
import { FieldDescriptorProto_Label, FieldDescriptorProto_Type, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";

const field = (name: string, type: FieldDescriptorProto_Type): object => ({
  name,
  jsonName: name,
  number: 1,
  type,
  label: FieldDescriptorProto_Label.OPTIONAL,
});

const method = (name: string, type: string): object => ({ name, inputType: type, outputType: type });

/**
 * Two services of the package `bench`, made without a compiler:
 *
 * ```
 * service Echo { rpc Echo(Text) returns (Text); }
 * service Streams {
 *   rpc Repeat(Text) returns (stream Text);   // MESSAGES_A_STREAM times
 *   rpc Last(stream Text) returns (Text);
 *   rpc Copy(Blob) returns (Blob);
 * }
 * message Text { string text = 1; }
 * message Blob { bytes data = 1; }
 * ```
 */
export function echoProto(name: "Echo" | "Streams" = "Echo"): DescService {
  const { STRING, BYTES } = FieldDescriptorProto_Type;
  const streams = [
    { ...method("Repeat", ".bench.Text"), serverStreaming: true },
    { ...method("Last", ".bench.Text"), clientStreaming: true },
    method("Copy", ".bench.Blob"),
  ];
  const file = {
    name: "bench.proto",
    package: "bench",
    syntax: "proto3",
    messageType: [
      { name: "Text", field: [field("text", STRING)] },
      { name: "Blob", field: [field("data", BYTES)] },
    ],
    service: [
      { name: "Echo", method: [method("Echo", ".bench.Text")] },
      { name: "Streams", method: streams },
    ],
  };
  const service = createFileRegistry(create(FileDescriptorSetSchema, { file: [file] })).getService(`bench.${name}`);
  if (service === undefined) throw new Error("The descriptor lacks its service.");
  return service;
}
