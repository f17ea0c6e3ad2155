import type { DescriptorProto, FieldDescriptorProto, FileDescriptorProto } from "@bufbuild/protobuf/wkt";

/** Gives each field the name that it has in JSON (FieldDescriptorProto.json_name), where whoever wrote the file left it out. Compilers write it, and some servers drop it. */
export function addJsonNames(file: FileDescriptorProto): void {
  nameAll(file.extension);
  for (const message of file.messageType) nameFields(message);
}

function nameFields(message: DescriptorProto): void {
  nameAll(message.field);
  nameAll(message.extension);
  for (const nested of message.nestedType) nameFields(nested);
}

function nameAll(fields: readonly FieldDescriptorProto[]): void {
  for (const field of fields) if (field.jsonName === "") field.jsonName = jsonNameOf(field.name);
}

/** The name of a field in JSON where its file says nothing else: an underscore goes, and the letter behind it becomes a capital (https://protobuf.dev/programming-guides/json/#field-names). */
export function jsonNameOf(name: string): string {
  return name.replaceAll(/_+(?<letter>[^_]?)/gu, (_all, letter: string) => letter.toUpperCase());
}
