import type { DescField, DescMessage, DescMethod } from "@bufbuild/protobuf";

/** The numbers of fields of descriptor.proto that make up a location's path (SourceCodeInfo.Location). */
const FILE_MESSAGE = 4;
const FILE_SERVICE = 6;
const MESSAGE_FIELD = 2;
const MESSAGE_NESTED = 3;
const SERVICE_METHOD = 2;

/**
 * The comment that stands before a method, a message or a field in its .proto file, without its frame; undefined where there is none, or where
 * the descriptor was made without comments (generated code has none).
 */
export function commentOf(desc: DescMethod | DescMessage | DescField): string | undefined {
  const { file } = desc.kind === "message" ? desc : desc.parent;
  const locations = file.proto.sourceCodeInfo?.location ?? [];
  if (locations.length === 0) return undefined;
  const path = pathOf(desc).join(".");
  const comment = locations.find((location) => location.path.join(".") === path)?.leadingComments;
  const text = comment?.replaceAll(/^ +| +$/gmu, "").trim();
  return text === "" ? undefined : text;
}

/** Where a declaration stands: fields' numbers and indexes in turn, from the file down. */
function pathOf(desc: DescMethod | DescMessage | DescField): readonly number[] {
  if (desc.kind === "rpc") {
    const { file, proto } = desc.parent;
    return [FILE_SERVICE, file.proto.service.indexOf(proto), SERVICE_METHOD, proto.method.indexOf(desc.proto)];
  }
  if (desc.kind === "field")
    return [...pathOf(desc.parent), MESSAGE_FIELD, desc.parent.proto.field.indexOf(desc.proto)];
  return desc.parent === undefined
    ? [FILE_MESSAGE, desc.file.proto.messageType.indexOf(desc.proto)]
    : [...pathOf(desc.parent), MESSAGE_NESTED, desc.parent.proto.nestedType.indexOf(desc.proto)];
}
