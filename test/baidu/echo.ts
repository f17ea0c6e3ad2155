import { create, createFileRegistry, type DescService } from "@bufbuild/protobuf";
import { FieldDescriptorProto_Label, FieldDescriptorProto_Type, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { implement, type Implementation } from "callwire";

/** What brpc's own example serves: `example.EchoService/Echo`, a text each way, as field 1. */
function exampleService(): DescService {
  const text = {
    name: "message",
    jsonName: "message",
    number: 1,
    type: FieldDescriptorProto_Type.STRING,
    label: FieldDescriptorProto_Label.OPTIONAL,
  };
  const file = {
    name: "echo.proto",
    package: "example",
    syntax: "proto3",
    messageType: [
      { name: "EchoRequest", field: [text] },
      { name: "EchoResponse", field: [text] },
    ],
    service: [
      {
        name: "EchoService",
        method: [{ name: "Echo", inputType: ".example.EchoRequest", outputType: ".example.EchoResponse" }],
      },
    ],
  };
  const found = createFileRegistry(create(FileDescriptorSetSchema, { file: [file] })).getService("example.EchoService");
  if (found === undefined) throw new Error("The descriptor lacks its service.");
  return found;
}

/** The same, answered as brpc's example does: the attachment comes back, too. */
export function example(): Implementation {
  return implement(exampleService(), {
    echo: (message: unknown, call: { attachment?: Uint8Array | undefined }) => {
      const { attachment } = call;
      call.attachment = attachment;
      return message;
    },
  });
}
