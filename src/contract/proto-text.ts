import type { DescEnum, DescEnumValue, DescField, DescMessage, DescMethod, ScalarType } from "@bufbuild/protobuf";
import type { FieldDescriptorProto_Label, FieldDescriptorProto_Type } from "@bufbuild/protobuf/wkt";
import type { Declaration } from "./declaration.js";
import { jsonNameOf } from "./json-names.js";
import { commentOf } from "./proto-comment.js";

/** By the numbers of descriptor.proto's FieldDescriptorProto.Type. */
const SCALARS: Readonly<Record<ScalarType, string>> = {
  1: "double",
  2: "float",
  3: "int64",
  4: "uint64",
  5: "int32",
  6: "fixed64",
  7: "fixed32",
  8: "bool",
  9: "string",
  12: "bytes",
  13: "uint32",
  15: "sfixed32",
  16: "sfixed64",
  17: "sint32",
  18: "sint64",
};
/** As numbers, since it would take the library to know them by name (FieldDescriptorProto.Label, FieldDescriptorProto.Type). */
const REQUIRED: FieldDescriptorProto_Label.REQUIRED = 2;
const GROUP: FieldDescriptorProto_Type.GROUP = 10;
const STRING: ScalarType.STRING = 9;
const BYTES: ScalarType.BYTES = 12;

/**
 * Writes a declaration much as it stands in its .proto file, with the comments that its descriptor has. Types go by their full names, and so does the
 * declaration itself. Behind a method come the messages that it takes and answers.
 */
export function protoText(declaration: Declaration): string {
  switch (declaration.kind) {
    case "service":
      return block(declaration, `service ${declaration.typeName}`, declaration.methods.map(methodText)).join("\n");
    case "message":
      return messageLines(declaration, declaration.typeName).join("\n");
    case "enum":
      return enumLines(declaration, declaration.typeName).join("\n");
    default: {
      const messages = [...new Set([declaration.input, declaration.output])];
      const service = `service ${declaration.parent.typeName}`;
      return [
        [`${service} {`, ...indented(methodText(declaration)), "}"],
        ...messages.map((message) => messageLines(message, message.typeName)),
      ]
        .map((lines) => lines.join("\n"))
        .join("\n\n");
    }
  }
}

function methodText(method: DescMethod): readonly string[] {
  const { name, input, output, methodKind: kind } = method;
  const takes = `${kind === "client_streaming" || kind === "bidi_streaming" ? "stream " : ""}${input.typeName}`;
  const answers = `${kind === "server_streaming" || kind === "bidi_streaming" ? "stream " : ""}${output.typeName}`;
  return [...comment(method), `rpc ${name}(${takes}) returns (${answers})${options(method)};`];
}

function messageLines(message: DescMessage, name: string): readonly string[] {
  const members = message.members.map((member) =>
    member.kind === "field"
      ? fieldLines(member)
      : [`oneof ${member.name} {`, ...member.fields.flatMap((field) => indented(fieldLines(field))), "}"],
  );
  const ranges = message.proto.extensionRange.map(({ start, end }) => [`extensions ${start} to ${end - 1};`]);
  const nested = [
    ...message.nestedEnums.map((each) => enumLines(each, each.name)),
    ...message.nestedMessages.map((each) => messageLines(each, each.name)),
  ];
  return block(message, `message ${name}`, [...members, ...ranges, ...nested]);
}

function enumLines(desc: DescEnum, name: string): readonly string[] {
  const line = (value: DescEnumValue): readonly string[] => [
    ...comment(value),
    `${value.name} = ${value.number}${options(value)};`,
  ];
  return block(desc, `enum ${name}`, desc.values.map(line));
}

function fieldLines(field: DescField): readonly string[] {
  return [...comment(field), `${label(field)}${typeOf(field)} ${field.name} = ${field.number}${options(field)};`];
}

function label({ fieldKind, oneof, proto, parent }: DescField): string {
  if (fieldKind === "list") return "repeated ";
  if (fieldKind === "map" || oneof !== undefined) return "";
  const { syntax } = parent.file.proto;
  if (syntax === "proto2" || syntax === "") return proto.label === REQUIRED ? "required " : "optional ";
  return proto.proto3Optional ? "optional " : "";
}

function typeOf(field: DescField): string {
  const { message, enum: values, scalar, proto } = field;
  const one = message?.typeName ?? values?.typeName ?? (scalar === undefined ? "" : SCALARS[scalar]);
  if (field.fieldKind === "map") return `map<${SCALARS[field.mapKey]}, ${one}>`;
  return proto.type === GROUP ? `group ${one}` : one;
}

/** What is said in brackets, as far as callers need to know it. */
function options(desc: DescField | DescEnumValue | DescMethod): string {
  const said = [
    ...(desc.kind === "field" && desc.proto.defaultValue !== "" ? [`default = ${defaultOf(desc)}`] : []),
    ...(desc.kind === "field" && desc.jsonName !== jsonNameOf(desc.name) ? [`json_name = "${desc.jsonName}"`] : []),
    ...(desc.deprecated ? ["deprecated = true"] : []),
  ];
  if (said.length === 0) return "";
  return desc.kind === "rpc" ? ` { option ${said.join("; ")}; }` : ` [${said.join(", ")}]`;
}

function defaultOf({ scalar, proto: { defaultValue } }: DescField): string {
  // Strings and bytes have quotes.
  return scalar === STRING || scalar === BYTES ? JSON.stringify(defaultValue) : defaultValue;
}

/** A declaration in braces; members with comments, and those of several lines, stand apart. */
function block(
  desc: Parameters<typeof commentOf>[0],
  head: string,
  members: readonly (readonly string[])[],
): readonly string[] {
  const lines = members.flatMap((member, at) => {
    const apart = at > 0 && (member.length > 1 || (members[at - 1]?.length ?? 0) > 1);
    return [...(apart ? [""] : []), ...indented(member)];
  });
  return [...comment(desc), ...(lines.length === 0 ? [`${head} {}`] : [`${head} {`, ...lines, "}"])];
}

function indented(lines: readonly string[]): readonly string[] {
  return lines.map((line) => (line === "" ? "" : `  ${line}`));
}

function comment(desc: Parameters<typeof commentOf>[0]): readonly string[] {
  return (
    commentOf(desc)
      ?.split("\n")
      .map((line) => `// ${line}`.trimEnd()) ?? []
  );
}
