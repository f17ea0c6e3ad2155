import type { DescEnum, DescEnumValue, DescField, DescMessage, DescMethod, DescService } from "@bufbuild/protobuf";

/** What a comment can stand before. */
type Commented = DescService | DescMethod | DescMessage | DescField | DescEnum | DescEnumValue;

/** The numbers of fields of descriptor.proto that make up a location's path (SourceCodeInfo.Location). */
const FILE_MESSAGE = 4;
const FILE_ENUM = 5;
const FILE_SERVICE = 6;
const MESSAGE_FIELD = 2;
const MESSAGE_NESTED = 3;
const MESSAGE_ENUM = 4;
const ENUM_VALUE = 2;
const SERVICE_METHOD = 2;

/**
 * The comment that stands before a declaration in its .proto file, without its frame; undefined where there is none, or where
 * the descriptor was made without comments (generated code has none).
 */
export function commentOf(desc: Commented): string | undefined {
  const { file } = "file" in desc ? desc : desc.parent;
  const locations = file.proto.sourceCodeInfo?.location ?? [];
  if (locations.length === 0) return undefined;
  const path = pathOf(desc).join(".");
  const comment = locations.find((location) => location.path.join(".") === path)?.leadingComments;
  const text = comment?.replaceAll(/^ +| +$/gmu, "").trim();
  return text === "" ? undefined : text;
}

/** Where a declaration stands: fields' numbers and indexes in turn, from the file down. */
function pathOf(desc: Commented): readonly number[] {
  switch (desc.kind) {
    case "service":
      return [FILE_SERVICE, desc.file.proto.service.indexOf(desc.proto)];
    case "rpc":
      return [...pathOf(desc.parent), SERVICE_METHOD, desc.parent.proto.method.indexOf(desc.proto)];
    case "field":
      return [...pathOf(desc.parent), MESSAGE_FIELD, desc.parent.proto.field.indexOf(desc.proto)];
    case "enum_value":
      return [...pathOf(desc.parent), ENUM_VALUE, desc.parent.proto.value.indexOf(desc.proto)];
    case "enum":
      return desc.parent === undefined
        ? [FILE_ENUM, desc.file.proto.enumType.indexOf(desc.proto)]
        : [...pathOf(desc.parent), MESSAGE_ENUM, desc.parent.proto.enumType.indexOf(desc.proto)];
    default:
      return desc.parent === undefined
        ? [FILE_MESSAGE, desc.file.proto.messageType.indexOf(desc.proto)]
        : [...pathOf(desc.parent), MESSAGE_NESTED, desc.parent.proto.nestedType.indexOf(desc.proto)];
  }
}
