import { create, createFileRegistry, type DescService } from "@bufbuild/protobuf";
import { FieldDescriptorProto_Label, FieldDescriptorProto_Type, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";

const { BOOL, BYTES, INT32, STRING } = FieldDescriptorProto_Type;

/** The messages, their fields in the order of their numbers. All are of service.ts. */
const MESSAGES: Readonly<Record<string, Readonly<Record<string, FieldDescriptorProto_Type>>>> = {
  Block: { n: INT32, data: BYTES },
  Ask: { seed: INT32, size: INT32, plain: BOOL, count: INT32, delayMs: INT32, target: INT32 },
  Tally: { count: INT32, sum: INT32 },
  Fault: { code: STRING, message: STRING },
};

/** The methods: what they take, what they answer, and which of both are streams. */
const METHODS: Readonly<Record<string, readonly [input: string, output: string, streams?: "in" | "out" | "both"]>> = {
  echo: ["Block", "Block"],
  make: ["Ask", "Block"],
  fail: ["Fault", "Block"],
  hang: ["Ask", "Block"],
  relay: ["Ask", "Block"],
  down: ["Ask", "Block", "out"],
  endless: ["Ask", "Block", "out"],
  up: ["Block", "Tally", "in"],
  both: ["Block", "Block", "both"],
};

/** The protobuf service `soak.Blocks`, made without a compiler. */
export function blocksProto(): DescService {
  const file = {
    name: "soak.proto",
    package: "soak",
    syntax: "proto3",
    messageType: Object.entries(MESSAGES).map(([name, fields]) => ({
      name,
      field: Object.entries(fields).map(([field, type], i) => ({
        name: field,
        jsonName: field,
        number: i + 1,
        type,
        label: FieldDescriptorProto_Label.OPTIONAL,
      })),
    })),
    service: [
      {
        name: "Blocks",
        method: Object.entries(METHODS).map(([name, [input, output, streams]]) => ({
          name,
          inputType: `.soak.${input}`,
          outputType: `.soak.${output}`,
          clientStreaming: streams === "in" || streams === "both",
          serverStreaming: streams === "out" || streams === "both",
        })),
      },
    ],
  };
  const service = createFileRegistry(create(FileDescriptorSetSchema, { file: [file] })).getService("soak.Blocks");
  if (service === undefined) throw new Error("The descriptor lacks its service.");
  return service;
}
